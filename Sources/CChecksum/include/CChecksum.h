// CRC-32C (Castagnoli, RFC 3720 appendix B.4) by the processor's instruction.
#ifndef CCHECKSUM_H
#define CCHECKSUM_H

#include <stddef.h>
#include <stdint.h>

// Whether this processor has the instruction; without it the function below must not be called.
int cchecksum_is_available(void);

// Continues a checksum; begin with 0. The checksum of a concatenation is the checksum of its parts one after another.
uint32_t cchecksum_crc32c(uint32_t checksum, const void *bytes, size_t length);

#endif

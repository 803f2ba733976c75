// A second opinion on what is JSON: the document parser of simdjson, which the readers do not use.
#ifndef FUZZ_ORACLE_H
#define FUZZ_ORACLE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// 0 when `length` bytes at `text` are no JSON value. Integers of any size count as JSON.
int fuzz_is_json(const uint8_t *text, size_t length);

#ifdef __cplusplus
}
#endif

#endif

#pragma once

#include <stddef.h>

/// The trace of fixtures/banking-transfer/racy.json, four transfers that overlap, as one body of POST /events.
///
/// @param size receives the number of bytes.
/// @return bytes that live as long as the process.
const unsigned char *_Nonnull raceway_demo_banking(size_t *_Nonnull size);

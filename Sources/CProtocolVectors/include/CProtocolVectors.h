#pragma once

#include <stddef.h>

// The files of sdk-protocol/vectors, so that `raceway conformance` needs no checkout. Each function returns bytes that live as
// long as the process and sets `size` to their number.

const unsigned char *_Nonnull raceway_vectors_traceparent(size_t *_Nonnull size);
const unsigned char *_Nonnull raceway_vectors_tracestate(size_t *_Nonnull size);
const unsigned char *_Nonnull raceway_vectors_baggage(size_t *_Nonnull size);
const unsigned char *_Nonnull raceway_vectors_raceway_clock(size_t *_Nonnull size);
const unsigned char *_Nonnull raceway_vectors_events(size_t *_Nonnull size);
const unsigned char *_Nonnull raceway_vectors_recording(size_t *_Nonnull size);

// The first stage of simdjson behind a C interface: UTF-8 validation and the positions of all tokens of a JSON text.
//
// The second stage is Swift (JSONCursor), because it needs what a document tree does not keep: the source range of
// every value, and the ability to go on after a value that is wrong.
#ifndef CSIMDJSON_H
#define CSIMDJSON_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

// What indexing a text found.
enum csimdjson_status {
    CSIMDJSON_OK = 0,
    CSIMDJSON_EMPTY = 1,
    CSIMDJSON_UNCLOSED_STRING = 2,
    CSIMDJSON_CONTROL_IN_STRING = 3,
    CSIMDJSON_INVALID_UTF8 = 4,
    CSIMDJSON_TOO_LARGE = 5,
    CSIMDJSON_NO_MEMORY = 6,
    CSIMDJSON_FAILED = 7,
};

// One reusable indexer. Not for use by two threads at once.
typedef struct csimdjson_indexer csimdjson_indexer;

// Bytes that must be readable behind the text.
size_t csimdjson_padding(void);

// NULL when there is no memory.
csimdjson_indexer *csimdjson_indexer_create(void);
void csimdjson_indexer_destroy(csimdjson_indexer *indexer);

// Finds the tokens of `length` bytes at `text`, which csimdjson_padding() more readable bytes follow.
enum csimdjson_status csimdjson_indexer_run(csimdjson_indexer *indexer, const uint8_t *text, size_t length);

// Token positions of the last successful run, ascending: brackets, colons, commas, opening quotes and first bytes of
// other scalars. The entry behind the last is the length of the text. Valid until the next run; a walk over a part of
// the text may put the end of the part behind its last token for a while.
uint32_t *csimdjson_indexer_positions(const csimdjson_indexer *indexer);
uint32_t csimdjson_indexer_count(const csimdjson_indexer *indexer);

// Offset of the first `byte` in `length` bytes at `text`, or `length`.
static inline size_t csimdjson_find(const uint8_t *text, size_t length, uint8_t byte) {
    const uint8_t *found = (const uint8_t *)memchr(text, byte, length);
    return found != NULL ? (size_t)(found - text) : length;
}

// The name of the instruction set in use, for benchmarks.
const char *csimdjson_implementation(void);

#ifdef __cplusplus
}
#endif

#endif

#include "CSimdjson.h"

#include <algorithm>
#include <memory>
#include <new>
#include <string>

#include <simdjson.h>

using simdjson::internal::dom_parser_implementation;

struct csimdjson_indexer {
    std::unique_ptr<dom_parser_implementation> parser;
};

namespace {

// Stage 1 never nests, so the smallest depth will do.
constexpr size_t kDepth = 1;

// Small texts share one capacity, so that a reused indexer does not allocate again for each.
constexpr size_t kCapacityMin = 4 * 1024;

csimdjson_status statusOf(simdjson::error_code code) {
    switch (code) {
    case simdjson::SUCCESS: return CSIMDJSON_OK;
    case simdjson::EMPTY: return CSIMDJSON_EMPTY;
    case simdjson::UNCLOSED_STRING: return CSIMDJSON_UNCLOSED_STRING;
    case simdjson::UNESCAPED_CHARS: return CSIMDJSON_CONTROL_IN_STRING;
    case simdjson::UTF8_ERROR: return CSIMDJSON_INVALID_UTF8;
    case simdjson::CAPACITY: return CSIMDJSON_TOO_LARGE;
    case simdjson::MEMALLOC: return CSIMDJSON_NO_MEMORY;
    default: return CSIMDJSON_FAILED;
    }
}

csimdjson_status reserve(csimdjson_indexer &indexer, size_t length) {
    if (length >= simdjson::SIMDJSON_MAXSIZE_BYTES - 64) { return CSIMDJSON_TOO_LARGE; }
    const size_t capacity = std::max(length, kCapacityMin);
    if (indexer.parser == nullptr) {
        return statusOf(simdjson::get_active_implementation()->create_dom_parser_implementation(
            capacity, kDepth, indexer.parser));
    }
    if (indexer.parser->capacity() < capacity) { return statusOf(indexer.parser->allocate(capacity, kDepth)); }
    return CSIMDJSON_OK;
}

} // namespace

extern "C" {

size_t csimdjson_padding(void) { return simdjson::SIMDJSON_PADDING; }

csimdjson_indexer *csimdjson_indexer_create(void) { return new (std::nothrow) csimdjson_indexer(); }

void csimdjson_indexer_destroy(csimdjson_indexer *indexer) { delete indexer; }

csimdjson_status csimdjson_indexer_run(csimdjson_indexer *indexer, const uint8_t *text, size_t length) {
    if (length == 0) { return CSIMDJSON_EMPTY; }
    const csimdjson_status reserved = reserve(*indexer, length);
    if (reserved != CSIMDJSON_OK) { return reserved; }
    const csimdjson_status status =
        statusOf(indexer->parser->stage1(text, length, simdjson::stage1_mode::regular));
    if (status == CSIMDJSON_OK) {
        // The array has room for sentinels; what they hold is not part of simdjson's interface, so it is set here.
        indexer->parser->structural_indexes[indexer->parser->n_structural_indexes] = uint32_t(length);
    }
    return status;
}

uint32_t *csimdjson_indexer_positions(const csimdjson_indexer *indexer) {
    return indexer->parser->structural_indexes.get();
}

uint32_t csimdjson_indexer_count(const csimdjson_indexer *indexer) { return indexer->parser->n_structural_indexes; }

const char *csimdjson_implementation(void) {
    static const std::string name = simdjson::get_active_implementation()->name();
    return name.c_str();
}

} // extern "C"

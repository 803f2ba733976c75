#include "FuzzOracle.h"

#include <simdjson.h>

extern "C" int fuzz_is_json(const uint8_t *text, size_t length) {
    simdjson::dom::parser parser;
    const simdjson::padded_string padded(reinterpret_cast<const char *>(text), length);
    const simdjson::error_code error = parser.parse(padded).error();
    // The document parser has no integers over 64 bits; JSON does.
    return error == simdjson::SUCCESS || error == simdjson::NUMBER_ERROR ? 1 : 0;
}

#include "CChecksum.h"

#include <string.h>

static const uint32_t polynomial = 0x82f63b78u;

// One bit at a time: the form that needs no table and no instruction, for processors without one.
static uint32_t bitwise(uint32_t state, const uint8_t *bytes, size_t length) {
    for (size_t i = 0; i < length; i++) {
        state ^= bytes[i];
        for (int bit = 0; bit < 8; bit++) state = (state >> 1) ^ (polynomial & (0u - (state & 1u)));
    }
    return state;
}

#if defined(__x86_64__)
#include <nmmintrin.h>

__attribute__((target("sse4.2"))) static uint32_t hardware(uint32_t state, const uint8_t *bytes, size_t length) {
    uint64_t wide = state;
    for (; length >= 8; bytes += 8, length -= 8) {
        uint64_t word;
        memcpy(&word, bytes, 8);
        wide = _mm_crc32_u64(wide, word);
    }
    state = (uint32_t)wide;
    for (; length > 0; bytes++, length--) state = _mm_crc32_u8(state, *bytes);
    return state;
}

static int has_hardware(void) { return __builtin_cpu_supports("sse4.2"); }
#elif defined(__aarch64__) && defined(__ARM_FEATURE_CRC32)
#include <arm_acle.h>

static uint32_t hardware(uint32_t state, const uint8_t *bytes, size_t length) {
    for (; length >= 8; bytes += 8, length -= 8) {
        uint64_t word;
        memcpy(&word, bytes, 8);
        state = __crc32cd(state, word);
    }
    for (; length > 0; bytes++, length--) state = __crc32cb(state, *bytes);
    return state;
}

static int has_hardware(void) { return 1; }
#else
static uint32_t hardware(uint32_t state, const uint8_t *bytes, size_t length) { return bitwise(state, bytes, length); }

static int has_hardware(void) { return 0; }
#endif

uint32_t cchecksum_crc32c(uint32_t checksum, const void *bytes, size_t length) {
    uint32_t state = ~checksum;
    return ~(has_hardware() ? hardware(state, bytes, length) : bitwise(state, bytes, length));
}

/* crc32c.c
 *
 * Processors with SSE 4.2 have the polynomial as an instruction, 8 bytes at a time and some
 * 9 GB/s. Elsewhere a table of the remainders of half a byte does: slow (0.3 GB/s), small, and
 * correct everywhere. Larger tables were left out until there is a machine that needs them.
 */
#include "state/crc32c.h"

#include <stdbool.h>
#include <string.h>

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

static uint32_t crc32c_portable(uint32_t crc, const unsigned char *data, size_t bytes)
{
    /* The remainders of the 16 values of a half byte. */
    static const uint32_t half_byte[16] = {
        0x00000000, 0x105EC76F, 0x20BD8EDE, 0x30E349B1, 0x417B1DBC, 0x5125DAD3,
        0x61C69362, 0x7198540D, 0x82F63B78, 0x92A8FC17, 0xA24BB5A6, 0xB21572C9,
        0xC38D26C4, 0xD3D3E1AB, 0xE330A81A, 0xF36E6F75,
    };
    for (size_t i = 0; i < bytes; i++) {
        crc ^= data[i];
        crc = half_byte[crc & 15U] ^ (crc >> 4);
        crc = half_byte[crc & 15U] ^ (crc >> 4);
    }
    return crc;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) static uint32_t
crc32c_sse(uint32_t crc, const unsigned char *data, size_t bytes)
{
    uint64_t wide = crc;
    for (; bytes >= 8; data += 8, bytes -= 8) {
        uint64_t word;
        memcpy(&word, data, sizeof(word));
        wide = _mm_crc32_u64(wide, word);
    }
    crc = (uint32_t)wide;
    for (; bytes > 0; data++, bytes--) {
        crc = _mm_crc32_u8(crc, *data);
    }
    return crc;
}
#endif

uint32_t crc32c(uint32_t crc, const void *data, size_t bytes)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("sse4.2")) {
        return ~crc32c_sse(~crc, data, bytes);
    }
#endif
    return ~crc32c_portable(~crc, data, bytes);
}

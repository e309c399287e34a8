/* utf8.h: texts are UTF-8 in memory and counted, sliced and compared as Java does, in UTF-16.
 *
 * ksqlDB's strings are Java strings: LEN, SUBSTRING and INSTR count UTF-16 code units, and
 * strings sort by them. A code point above U+FFFF counts as two units (a surrogate pair). All
 * functions have a fast path for ASCII. Unless said otherwise a text must be valid UTF-8; with
 * other bytes the answers are unspecified but memory is safe. Thread: any. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"
#include "base/text.h"

enum {
    UTF8_BYTES_MAX = 4,        /* of one code point */
    UTF8_REPLACEMENT = 0xFFFD, /* stands for bytes that are not UTF-8 */
    UTF8_CODE_MAX = 0x10FFFF
};

bool utf8_is_ascii(struct text text);
/* No overlong forms, no surrogates, nothing above U+10FFFF. */
bool utf8_is_valid(struct text text);

/* The code point at *next, which moves behind it; *next < end. Takes any bytes: a malformed
 * sequence gives UTF8_REPLACEMENT once for its longest prefix that could have become valid, as
 * Java's decoder does. */
uint32_t utf8_next(const char **next, const char *end);

/* Any bytes to valid UTF-8, as new String(bytes, UTF_8): malformed parts become U+FFFD. Gives
 * text itself where it is valid, else a copy in the arena. */
MUST_USE enum status utf8_repair(struct text text, struct arena *arena, struct text *out,
                                 struct diag *diag);

/* Writes the 1 to 4 bytes of a code point and returns their number. Surrogates, which have no
 * UTF-8 form, become '?', as in Java's encoder. code <= UTF8_CODE_MAX. */
size_t utf8_encode(char *out, uint32_t code);

/* String.length. */
size_t utf8_utf16_length(struct text text);

/* The byte offset of a UTF-16 index; text.bytes if the text is not that long. An index between
 * the halves of a pair gives the offset of the pair. The way back is utf8_utf16_length of the
 * text before the offset. */
size_t utf8_offset_of_unit(struct text text, size_t unit);

/* String.substring(start, end) in UTF-16 units, both cut to the text's length; empty if
 * end <= start. Half of a pair at either end becomes '?': then the result is a copy in the
 * arena, else it is a part of text. */
MUST_USE enum status utf8_slice(struct text text, size_t start, size_t end, struct arena *arena,
                                struct text *out, struct diag *diag);

/* String.compareTo: <0, 0 or >0. Differs from byte order in one way: code points above U+FFFF
 * sort before U+E000 to U+FFFF. */
int utf8_compare(struct text a, struct text b);

/* String.toUpperCase and toLowerCase in the root locale, with the mappings that change the
 * length (sharp s to SS, dotted I to two code points) and the final sigma. The result lies in
 * the arena, or is text itself where nothing changes. */
MUST_USE enum status utf8_upper(struct text text, struct arena *arena, struct text *out,
                                struct diag *diag);
MUST_USE enum status utf8_lower(struct text text, struct arena *arena, struct text *out,
                                struct diag *diag);

/* Character.toUpperCase and toLowerCase of one code point. */
uint32_t utf8_upper_code(uint32_t code);
uint32_t utf8_lower_code(uint32_t code);

#endif

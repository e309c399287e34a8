/* text.h: a borrowed run of bytes, usually UTF-8. Never owns; never needs a final NUL. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

struct text {
    const char *data; /* may be NULL when bytes is 0 */
    size_t bytes;
};

/* A struct text of a string literal, usable in initializers: TEXT("abc"). */
#define TEXT(literal) ((struct text){(literal), sizeof(literal) - 1})
/* For printf: "%.*s", TEXT_ARGS(text). */
#define TEXT_ARGS(text) (int)(text).bytes, (text).data ? (text).data : ""

static inline struct text text_of(const char *string)
{
    return (struct text){string, string ? strlen(string) : 0};
}

static inline bool text_equal(struct text a, struct text b)
{
    return a.bytes == b.bytes && (a.bytes == 0 || memcmp(a.data, b.data, a.bytes) == 0);
}

/* ASCII letters compare without case; other bytes as they are. */
static inline bool text_equal_nocase(struct text a, struct text b)
{
    return a.bytes == b.bytes && (a.bytes == 0 || strncasecmp(a.data, b.data, a.bytes) == 0);
}

/* Byte order, a proper prefix first: <0, 0 or >0. */
static inline int text_compare(struct text a, struct text b)
{
    const size_t common = a.bytes < b.bytes ? a.bytes : b.bytes;
    const int order = common ? memcmp(a.data, b.data, common) : 0;
    if (order != 0) {
        return order;
    }
    return (a.bytes > b.bytes) - (a.bytes < b.bytes);
}

static inline bool text_starts_with(struct text a, struct text prefix)
{
    return a.bytes >= prefix.bytes &&
           (prefix.bytes == 0 || memcmp(a.data, prefix.data, prefix.bytes) == 0);
}

#endif

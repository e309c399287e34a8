/* serde.h: a plan's serde in the terms of formats/. */
#ifndef ENGINE_SERDE_H
#define ENGINE_SERDE_H

#include "formats/format.h"
#include "planner/catalog.h"

/* The delimiter as text; borrows from serde. */
static inline struct text serde_delimiter(const struct serde *serde)
{
    return (struct text){&serde->delimiter, serde->delimiter ? 1 : 0};
}

static inline enum format_wrap serde_wrap(const struct serde *serde, enum format_side side)
{
    if (serde->is_unwrapped) {
        return FORMAT_UNWRAP_SINGLES;
    }
    return side == FORMAT_VALUE && serde->has_wrap_setting ? FORMAT_WRAP_SINGLES
                                                           : FORMAT_WRAP_NONE_SET;
}

#endif

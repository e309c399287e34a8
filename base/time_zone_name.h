/* time_zone_name.h: the English names of zones (Pacific Daylight Time, PDT), as JDK 17 has them.
 * Thread: any (constants). */
#ifndef BASE_TIME_ZONE_NAME_H
#define BASE_TIME_ZONE_NAME_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

enum time_zone_name_kind {
    TIME_ZONE_NAME_STANDARD,
    TIME_ZONE_NAME_DAYLIGHT,
    TIME_ZONE_NAME_GENERIC, /* Pacific Time, PT: whatever the season */
    TIME_ZONE_NAME_KIND_COUNT
};

/* The name of a region; NULL if it has none. */
const char *time_zone_name_of(struct text id, enum time_zone_name_kind kind, bool is_full);

/* The longest zone id or zone name that stands at the beginning of text, without regard to case;
 * returns its length, 0 if there is none, and the id of the zone that Java takes it for.
 * with_names: also names, full or short ones. */
size_t time_zone_name_match(struct text text, bool with_names, bool is_full, struct text *out_id);

#endif

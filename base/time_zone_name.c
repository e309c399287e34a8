/* time_zone_name.c
 *
 * Regions share names, so the table has one row of names per group of regions and one row per
 * region that points to its group. Finding a region is a binary search. Matching a text looks
 * at all names; it is needed only for patterns with z, v or V, where the text may be any of
 * some 1,600 names in any case, and comparing first letters rules most of them out.
 */
#include "base/time_zone_name.h"

#include <string.h>

#include "base/time_zone_name_table.h"

static const char *name_of_set(const struct time_zone_name_set *set, enum time_zone_name_kind kind,
                               bool is_full)
{
    switch (kind) {
    case TIME_ZONE_NAME_STANDARD:
        return is_full ? set->standard : set->standard_short;
    case TIME_ZONE_NAME_DAYLIGHT:
        return is_full ? set->daylight : set->daylight_short;
    case TIME_ZONE_NAME_GENERIC:
    case TIME_ZONE_NAME_KIND_COUNT:
        break;
    }
    return is_full ? set->generic : set->generic_short;
}

const char *time_zone_name_of(struct text id, enum time_zone_name_kind kind, bool is_full)
{
    size_t low = 0;
    size_t high = TIME_ZONE_ID_COUNT;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (text_compare(text_of(time_zone_ids[middle].id), id) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == TIME_ZONE_ID_COUNT || !text_equal(text_of(time_zone_ids[low].id), id) ||
        time_zone_ids[low].set == TIME_ZONE_NAME_SET_NONE) {
        return NULL;
    }
    return name_of_set(&time_zone_name_sets[time_zone_ids[low].set], kind, is_full);
}

/* Keeps name if text begins with it and it is longer than what was found. */
static void consider(struct text text, const char *name, const char *id, size_t *longest,
                     struct text *out_id)
{
    const size_t bytes = strlen(name);
    if (bytes > *longest && bytes <= text.bytes && strncasecmp(text.data, name, bytes) == 0) {
        *longest = bytes;
        *out_id = text_of(id);
    }
}

size_t time_zone_name_match(struct text text, bool with_names, bool is_full, struct text *out_id)
{
    size_t longest = 0;
    for (size_t i = 0; i < TIME_ZONE_ID_COUNT; i++) {
        consider(text, time_zone_ids[i].id, time_zone_ids[i].id, &longest, out_id);
    }
    for (size_t i = 0; with_names && i < TIME_ZONE_NAME_SET_COUNT; i++) {
        const struct time_zone_name_set *set = &time_zone_name_sets[i];
        for (int kind = 0; kind < TIME_ZONE_NAME_KIND_COUNT; kind++) {
            consider(text, name_of_set(set, (enum time_zone_name_kind)kind, is_full), set->meaning,
                     &longest, out_id);
        }
    }
    return longest;
}

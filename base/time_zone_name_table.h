/* time_zone_name_table.h: the data of time_zone_name.c. Private to it. */
#ifndef BASE_TIME_ZONE_NAME_TABLE_H
#define BASE_TIME_ZONE_NAME_TABLE_H

#include <stdint.h>

enum {
    TIME_ZONE_NAME_SET_COUNT = 175,
    TIME_ZONE_ID_COUNT = 590,
    TIME_ZONE_NAME_SET_NONE = 255 /* a region that goes by its offset: GMT-05:00 */
};

/* Names that regions share. Where several sets have a name, the first says what it means. */
struct time_zone_name_set {
    const char *standard;
    const char *standard_short;
    const char *daylight;
    const char *daylight_short;
    const char *generic;
    const char *generic_short;
    const char *meaning; /* the id of the region that a name of the set is read as */
};

/* Sorted by id in byte order. */
struct time_zone_id_row {
    const char *id;
    uint8_t set;
};

extern const struct time_zone_name_set time_zone_name_sets[TIME_ZONE_NAME_SET_COUNT];
extern const struct time_zone_id_row time_zone_ids[TIME_ZONE_ID_COUNT];

#endif

/* time_zone_rules.h: the offsets of one region over time, from a compiled TZif file (RFC 8536).
 *
 * Private to time_zone.c and its test. Thread: any; rules are immutable. */
#ifndef BASE_TIME_ZONE_RULES_H
#define BASE_TIME_ZONE_RULES_H

#include "base/arena.h"
#include "base/status.h"
#include "base/text.h"
#include "base/time_zone.h"

/* Decodes file, the whole content of a TZif file of version 2 or later, into arena. id is
 * copied. STATUS_CORRUPT if the content is not that. */
MUST_USE enum status time_zone_rules_decode(struct text id, struct text file, struct arena *arena,
                                            const struct time_zone_rules **out, struct diag *diag);

struct text time_zone_rules_id(const struct time_zone_rules *rules);

struct time_zone_state time_zone_rules_at(const struct time_zone_rules *rules,
                                          int64_t epoch_seconds);

#endif

/* settings.h: the settings in force for the statement in hand, read with their defaults.
 *
 * Names are ksqlDB's. Thread: any. */
#ifndef PLANNER_SETTINGS_H
#define PLANNER_SETTINGS_H

#include <stdbool.h>

#include "base/status.h"
#include "base/text.h"
#include "planner/planner.h"

/* The setting, or fallback when it has no value. */
struct text setting_text(const struct planner *planner, const char *name, const char *fallback);
bool setting_bool(const struct planner *planner, const char *name, bool fallback);

/* Fails with message unless the setting is true, which it is without a value. */
MUST_USE enum status setting_require(const struct planner *planner, const char *name,
                                     struct sql_pos pos, const char *message);

#endif

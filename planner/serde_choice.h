/* serde_choice.h: which formats a new source's keys and values get, and whether its columns fit.
 *
 * Source of behaviour: ksqlDB's DefaultFormatInjector, SerdeFeaturesFactory, FormatInfo and
 * LogicalPlanner.getSinkTopic. Thread: any. */
#ifndef PLANNER_SERDE_CHOICE_H
#define PLANNER_SERDE_CHOICE_H

#include "base/schema.h"
#include "base/status.h"
#include "planner/planner.h"
#include "planner/properties.h"

/* The formats that CREATE STREAM or TABLE names, or the defaults. */
MUST_USE enum status serde_formats_for_create(const struct planner *planner,
                                              const struct properties *properties,
                                              enum format_kind *out_key,
                                              enum format_kind *out_value);

/* For CREATE STREAM or TABLE of this name: from the properties, else from settings. */
MUST_USE enum status serde_choose_for_create(const struct planner *planner,
                                             const struct properties *properties,
                                             struct text name, const struct schema *schema,
                                             struct serde *key, struct serde *value);

/* For CREATE .. AS SELECT of this name: from the properties, else from the left-most source; a
 * delimiter is inherited with its format, also where the format is named again. */
MUST_USE enum status serde_choose_for_sink(const struct planner *planner,
                                           const struct properties *properties,
                                           const struct source *leftmost,
                                           struct text name, bool is_partitioned_by_null,
                                           const struct schema *schema, struct serde *key,
                                           struct serde *value);

/* Fails unless the formats can hold the columns. */
MUST_USE enum status serde_check(const struct planner *planner, const struct schema *schema,
                                 const struct serde *key, const struct serde *value);

/* Fails when one of the key columns holds a MAP anywhere: what the keys of repartitioned and
 * grouped rows must pass as well, whatever their format. */
MUST_USE enum status serde_check_map_keys(const struct planner *planner,
                                          const struct schema_column *keys, uint32_t count);

#endif

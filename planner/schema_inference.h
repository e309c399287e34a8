/* schema_inference.h: columns that come from the schema registry instead of the statement.
 *
 * Source of behaviour: ksqlDB's DefaultSchemaInjector and SchemaRegistryTopicSchemaSupplier.
 * Thread: any. */
#ifndef PLANNER_SCHEMA_INFERENCE_H
#define PLANNER_SCHEMA_INFERENCE_H

#include "base/schema.h"
#include "base/status.h"
#include "planner/planner.h"
#include "planner/properties.h"

/* Adds to schema the columns of each side that the statement leaves out and that its format can
 * take from the registry. The formats are those that the properties name. */
MUST_USE enum status schema_infer_columns(const struct planner *planner,
                                          const struct create_source_statement *statement,
                                          const struct properties *properties,
                                          struct schema *schema);

/* CREATE .. AS with KEY_SCHEMA_ID or VALUE_SCHEMA_ID: the columns must be the first ones of the
 * registered schema. */
MUST_USE enum status schema_check_ids(const struct planner *planner,
                                      const struct properties *properties,
                                      const struct source *sink);

#endif

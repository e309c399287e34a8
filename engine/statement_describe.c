/* statement_describe.c
 *
 * DESCRIBE of sources and functions. Only what is asked for is gathered: statistics wait for the
 * unit of work of each query at the source, so a plain DESCRIBE never does.
 */
#include "engine/entity.h"
#include "engine/execution.h"

static enum status describe_source(struct execution *execution)
{
    const struct describe_statement *describe = &execution->statement->describe;
    const struct source *source =
        catalog_store_find_source(&execution->engine->catalog, describe->name.name);
    if (!source) {
        return diag_fail(execution->diag, STATUS_MISSING, describe->name.pos,
                         "Could not find STREAM/TABLE '%.*s' in the Metastore",
                         TEXT_ARGS(describe->name.name));
    }
    json_t *description = entity_source(execution->engine, source,
                                        describe->is_extended ? SOURCE_EXTENDED : SOURCE_PLAIN);
    return execution_give(execution, json_pack("{s:s, s:o}", "@type", "sourceDescription",
                                               "sourceDescription", description));
}

static enum status describe_all(struct execution *execution, bool is_table)
{
    const bool is_extended = execution->statement->describe.is_extended;
    json_t *list =
        entity_sources(execution->engine, is_table, is_extended ? SOURCE_EXTENDED : SOURCE_PLAIN);
    return execution_give(execution, json_pack("{s:s, s:o}", "@type", "source_descriptions",
                                               "sourceDescriptions", list));
}

static enum status describe_streams(struct execution *execution)
{
    return describe_all(execution, false);
}

static enum status describe_tables(struct execution *execution)
{
    return describe_all(execution, true);
}

/* --- Functions ---------------------------------------------------------------------------- */

/* A text that may be empty, never null. */
static json_t *manual_text(struct text text)
{
    return entity_text(text.data ? text : TEXT(""));
}

static json_t *argument_entity(const struct function_argument_manual *argument)
{
    json_t *entity = json_object();
    entity_set(&entity, "name", manual_text(argument->name));
    entity_set(&entity, "type", manual_text(argument->type));
    entity_set(&entity, "description", manual_text(argument->description));
    entity_set(&entity, "isVariadic", json_boolean(argument->is_variadic));
    return entity;
}

static json_t *variation_entity(const struct function_variation *variation)
{
    json_t *arguments = json_array();
    for (uint32_t i = 0; i < variation->argument_count; i++) {
        entity_append(&arguments, argument_entity(&variation->arguments[i]));
    }
    json_t *entity = json_object();
    entity_set(&entity, "arguments", arguments);
    entity_set(&entity, "returnType", manual_text(variation->returns));
    entity_set(&entity, "description", manual_text(variation->description));
    return entity;
}

static enum status describe_function(struct execution *execution)
{
    const struct identifier *name = &execution->statement->describe.name;
    struct function_manual manual;
    const enum status status = function_describe(execution->engine->registry, name->name,
                                                 execution->arena, &manual, execution->diag);
    if (status != STATUS_OK && execution->diag) {
        execution->diag->pos = name->pos;
    }
    TRY(status);
    const struct function_family *family =
        function_find_family(execution->engine->registry, name->name);
    json_t *variations = json_array();
    for (uint32_t i = 0; i < manual.variation_count; i++) {
        entity_append(&variations, variation_entity(&manual.variations[i]));
    }
    json_t *entity = json_object();
    entity_set(&entity, "@type", json_string("describe_function"));
    entity_set(&entity, "name", json_string(manual.name));
    entity_set(&entity, "description", manual_text(text_of(manual.summary)));
    entity_set(&entity, "author", json_string(family->path ? family->author : "Leat"));
    entity_set(&entity, "version", json_string(family->path ? family->release : ""));
    entity_set(&entity, "path", json_string(family->path ? family->path : "internal"));
    entity_set(&entity, "functions", variations);
    entity_set(&entity, "type", json_string(function_kind_name(manual.kind)));
    return execution_give(execution, entity);
}

/* ksqlDB's words when Kafka Connect cannot answer; here there is none to ask. */
static enum status describe_connector(struct execution *execution)
{
    const struct identifier *name = &execution->statement->describe.name;
    return diag_fail(execution->diag, STATUS_MISSING, name->pos,
                     "Failed to query connector status: Connector %.*s not found",
                     TEXT_ARGS(name->name));
}

enum status statement_describe(struct execution *execution)
{
    static statement_function *const subjects[] = {
        [DESCRIBE_SOURCE] = describe_source,       [DESCRIBE_STREAMS] = describe_streams,
        [DESCRIBE_TABLES] = describe_tables,       [DESCRIBE_FUNCTION] = describe_function,
        [DESCRIBE_CONNECTOR] = describe_connector,
    };
    return subjects[execution->statement->describe.subject](execution);
}

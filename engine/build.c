/* build.c
 *
 * Operators are made from the root of the plan down to its sources, because each is told at its
 * creation what stands below it in the flow. On the way down goes one more fact: whether
 * something below wants the old rows of a table's changes, so that they are carried only where
 * they are used.
 *
 * Tables that are joined or looked up need their rows kept: a source's rows in its table_store, a
 * group's in the group itself, and those of any other step in a table_store put behind it.
 */
#include "engine/build.h"

#include <assert.h>

#include "engine/schema_store.h"
#include "engine/serde.h"
#include "operators/collector.h"
#include "operators/filter.h"
#include "operators/flat_map.h"
#include "operators/group.h"
#include "operators/join_foreign_key.h"
#include "operators/join_stream_stream.h"
#include "operators/join_stream_table.h"
#include "operators/join_table_table.h"
#include "operators/project.h"
#include "operators/rekey.h"
#include "operators/sink.h"
#include "operators/source.h"
#include "operators/table_store.h"

struct builder {
    const struct plan *plan;
    const struct build_options *options;
    struct built_query *built;
    size_t capacity;
    bool is_final; /* EMIT FINAL was met above the step being built */
    struct diag *diag;
};

/* Where the operator of a step sends its rows. */
struct flow {
    struct operator *downstream;
    uint32_t input;
    bool wants_old;   /* something further down needs old rows */
    bool wants_store; /* a join below looks this table's rows up */
};

/* What a step's building yields to the join above it. */
struct built_step {
    struct operator *table; /* the table_store that holds its rows, when flow.wants_store */
};

static enum status build_step(struct builder *builder, const struct plan_step *step,
                              struct flow flow, struct built_step *out);

uint64_t build_store_id(uint64_t query_number, uint32_t step_id, uint32_t index)
{
    assert(index < BUILD_STORES_PER_STEP);
    return (query_number << 16) | ((uint64_t)step_id * BUILD_STORES_PER_STEP + index);
}

static uint64_t store_id(const struct builder *builder, const struct plan_step *step,
                         uint32_t index)
{
    assert(step->id != PLAN_STEP_WITHOUT_STORES);
    return build_store_id(builder->options->query_number, step->id, index);
}

static struct op_place place_of(const struct plan_step *step, struct flow flow)
{
    return (struct op_place){.downstream = flow.downstream,
                             .downstream_input = flow.input,
                             .step_id = step->id,
                             .step = step->name};
}

static void add_operator(struct builder *builder, struct operator *op,
                         const struct plan_step *step,
                         enum status (*load)(struct operator *op, struct reader *reader,
                                             struct diag *diag))
{
    struct built_query *built = builder->built;
    assert(built->operator_count < builder->capacity);
    built->operators[built->operator_count++] =
        (struct built_operator){.op = op, .step = step, .load = load};
}

static struct op_window window_of(const struct window_spec *window)
{
    static const enum op_window_kind kinds[] = {[WINDOW_NONE] = OP_WINDOW_NONE,
                                                [WINDOW_TUMBLING] = OP_WINDOW_TUMBLING,
                                                [WINDOW_HOPPING] = OP_WINDOW_HOPPING,
                                                [WINDOW_SESSION] = OP_WINDOW_SESSION};
    return (struct op_window){.kind = kinds[window->kind],
                              .size_ms = window->size_ms,
                              .advance_ms = window->advance_ms,
                              .grace_ms = window->grace_ms,
                              .retention_ms = window->retention_ms};
}

static enum status pseudo_of(struct builder *builder, const struct plan_step *step,
                             const struct op_pseudo **out)
{
    static const enum op_pseudo_kind kinds[] = {[PSEUDO_ROWTIME] = OP_PSEUDO_ROWTIME,
                                                [PSEUDO_ROWPARTITION] = OP_PSEUDO_ROWPARTITION,
                                                [PSEUDO_ROWOFFSET] = OP_PSEUDO_ROWOFFSET,
                                                [PSEUDO_WINDOWSTART] = OP_PSEUDO_WINDOWSTART,
                                                [PSEUDO_WINDOWEND] = OP_PSEUDO_WINDOWEND};
    struct op_pseudo *pseudo =
        arena_array(&builder->built->arena, step->pseudo_count, sizeof(*pseudo));
    if (!pseudo) {
        return diag_no_memory(builder->diag);
    }
    for (uint32_t i = 0; i < step->pseudo_count; i++) {
        pseudo[i] = (struct op_pseudo){.kind = kinds[step->pseudo[i].kind],
                                       .column_index = step->pseudo[i].column_index};
    }
    *out = pseudo;
    return STATUS_OK;
}

static struct op_serde serde_of(const struct builder *builder, const struct serde *serde,
                                enum format_side side)
{
    return (struct op_serde){.format = serde->format,
                             .wrap = serde_wrap(serde, side),
                             .delimiter = serde_delimiter(serde),
                             .schema = schema_store_reading(builder->options->schemas, serde)};
}

/* How a sink writes one side: with the schema of its columns, which the statement that made the
 * query has registered. */
static enum status sink_serde_of(const struct builder *builder, const struct plan_step *step,
                                 enum format_side side, struct op_serde *out)
{
    const bool is_key = side == FORMAT_KEY;
    const struct serde *serde = is_key ? &step->sink.key_serde : &step->sink.value_serde;
    struct schema_side written = {.serde = serde, .side = side, .topic = step->sink.topic};
    *out = serde_of(builder, serde, side);
    TRY(serde_columns(&builder->built->arena, &step->schema, is_key ? COLUMN_KEY : COLUMN_VALUE,
                      &written.columns, &written.column_count, builder->diag));
    return schema_store_writing(builder->options->schemas, &written, NULL, &out->schema,
                                builder->diag);
}

static struct op_timestamp timestamp_of(const struct timestamp_spec *timestamp,
                                        const struct schema *schema)
{
    if (timestamp->source == TIMESTAMP_OF_RECORD) {
        return (struct op_timestamp){.column_index = -1};
    }
    return (struct op_timestamp){.column_index = schema_find(schema, timestamp->column),
                                 .pattern = timestamp->pattern};
}

static uint32_t key_count_of(const struct plan_step *step)
{
    return schema_count(&step->schema, COLUMN_KEY);
}

/* --- Stores ------------------------------------------------------------------------------- */

/* Puts a table_store behind step; returns the flow that leads into it. */
static enum status put_store(struct builder *builder, const struct plan_step *step,
                             uint32_t index, struct flow *flow, struct operator **out)
{
    const struct table_store_options options = {
        .place = place_of(step, *flow),
        .schema = &step->schema,
        .key_count = key_count_of(step),
        .window = window_of(&step->window),
        .emits_old = flow->wants_old,
        .store_id = store_id(builder, step, index),
    };
    TRY(table_store_create(&builder->built->arena, &options, out, builder->diag));
    add_operator(builder, *out, step, table_store_load);
    if (step == builder->plan->materialized) {
        builder->built->materialized = *out;
        builder->built->materialized_store_id = options.store_id;
    }
    *flow = (struct flow){.downstream = *out};
    return STATUS_OK;
}

/* --- One constructor per kind of step ------------------------------------------------------- */

static enum status build_source(struct builder *builder, const struct plan_step *step,
                                struct flow flow)
{
    const struct source *source = step->source.source;
    const struct op_pseudo *pseudo = NULL;
    TRY(pseudo_of(builder, step, &pseudo));
    const struct source_options options = {
        .place = place_of(step, flow),
        .topic = source->topic,
        .schema = &step->schema,
        .is_wanted = step->source.is_wanted,
        .is_table = source->is_table,
        .key = serde_of(builder, &source->key_serde, FORMAT_KEY),
        .value = serde_of(builder, &source->value_serde, FORMAT_VALUE),
        .window = window_of(&source->window),
        .timestamp = timestamp_of(&source->timestamp, &source->schema),
        .pseudo = pseudo,
        .pseudo_count = step->pseudo_count,
        .fails_on_bad_record = builder->plan->fails_on_bad_record,
        .fails_on_bad_time = builder->plan->fails_on_bad_time,
        .shares = builder->options->shares,
    };
    struct operator *op = NULL;
    TRY(source_create(&builder->built->arena, &options, &op, builder->diag));
    for (uint32_t i = 0; i < builder->plan->source_count; i++) {
        if (builder->plan->sources[i] == step) {
            builder->built->sources[i] = op;
        }
    }
    add_operator(builder, op, step, NULL);
    return STATUS_OK;
}

static enum status build_filter(struct builder *builder, const struct plan_step *step,
                                struct flow flow)
{
    const struct filter_options options = {.place = place_of(step, flow),
                                           .predicate = step->filter.predicate,
                                           .is_table = step->is_table};
    struct operator *op = NULL;
    TRY(filter_create(&builder->built->arena, &options, &op, builder->diag));
    add_operator(builder, op, step, NULL);
    const struct flow below = {.downstream = op, .wants_old = step->is_table};
    return build_step(builder, step->inputs[0], below, NULL);
}

static enum status build_project(struct builder *builder, const struct plan_step *step,
                                 struct flow flow)
{
    const struct project_options options = {.place = place_of(step, flow),
                                            .schema = &step->schema,
                                            .exprs = step->project.exprs,
                                            .emits_old = flow.wants_old};
    struct operator *op = NULL;
    TRY(project_create(&builder->built->arena, &options, &op, builder->diag));
    add_operator(builder, op, step, NULL);
    const struct flow below = {.downstream = op, .wants_old = flow.wants_old};
    return build_step(builder, step->inputs[0], below, NULL);
}

static enum status build_rekey(struct builder *builder, const struct plan_step *step,
                               struct flow flow)
{
    const struct rekey_options options = {.place = place_of(step, flow),
                                          .schema = &step->schema,
                                          .keys = step->rekey.keys,
                                          .key_count = step->rekey.key_count,
                                          .input_key_count = key_count_of(step->inputs[0])};
    struct operator *op = NULL;
    TRY(rekey_create(&builder->built->arena, &options, &op, builder->diag));
    add_operator(builder, op, step, NULL);
    return build_step(builder, step->inputs[0], (struct flow){.downstream = op}, NULL);
}

static enum status build_flat_map(struct builder *builder, const struct plan_step *step,
                                  struct flow flow)
{
    const struct plan_flat_map *plan = &step->flat_map;
    struct flat_map_call *calls =
        arena_array(&builder->built->arena, plan->call_count, sizeof(*calls));
    if (!calls) {
        return diag_no_memory(builder->diag);
    }
    for (uint32_t i = 0; i < plan->call_count; i++) {
        calls[i] = (struct flat_map_call){.function = &plan->calls[i].function,
                                          .arguments = plan->calls[i].arguments};
    }
    const struct flat_map_options options = {.place = place_of(step, flow),
                                             .schema = &step->schema,
                                             .calls = calls,
                                             .call_count = plan->call_count};
    struct operator *op = NULL;
    TRY(flat_map_create(&builder->built->arena, &options, &op, builder->diag));
    add_operator(builder, op, step, NULL);
    return build_step(builder, step->inputs[0], (struct flow){.downstream = op}, NULL);
}

static enum status build_aggregate(struct builder *builder, const struct plan_step *step,
                                   struct flow flow)
{
    const struct plan_aggregate *aggregate = &step->aggregate;
    const bool input_is_table = step->inputs[0]->is_table;
    const struct op_pseudo *pseudo = NULL;
    TRY(pseudo_of(builder, step, &pseudo));
    const struct group_options options = {
        .place = place_of(step, flow),
        .schema = &step->schema,
        .keys = aggregate->keys,
        .key_count = aggregate->key_count,
        .aggregates = aggregate->aggregates,
        .arguments = (const struct expr *const *const *)aggregate->arguments,
        .aggregate_count = aggregate->aggregate_count,
        .window = window_of(&aggregate->window),
        .pseudo = pseudo,
        .pseudo_count = step->pseudo_count,
        .input_is_table = input_is_table,
        .is_final = builder->is_final,
        .emits_old = flow.wants_old,
        .store_id = store_id(builder, step, 0),
    };
    struct operator *op = NULL;
    TRY(group_create(&builder->built->arena, &options, &op, builder->diag));
    add_operator(builder, op, step, group_load);
    if (step == builder->plan->materialized) {
        builder->built->materialized = op;
        builder->built->materialized_is_group = true;
        builder->built->materialized_store_id = options.store_id;
    }
    const struct flow below = {.downstream = op, .wants_old = input_is_table};
    return build_step(builder, step->inputs[0], below, NULL);
}

static enum status shape_of(struct builder *builder, const struct plan_step *step,
                            struct join_shape *out)
{
    static const enum op_join_type types[] = {[JOIN_INNER] = OP_JOIN_INNER,
                                              [JOIN_LEFT] = OP_JOIN_LEFT,
                                              [JOIN_RIGHT] = OP_JOIN_RIGHT,
                                              [JOIN_OUTER] = OP_JOIN_OUTER};
    *out = (struct join_shape){
        .type = types[step->join.type],
        .schema = &step->schema,
        .inputs = {&step->inputs[0]->schema, &step->inputs[1]->schema},
        .keys = {step->join.keys[0], step->join.keys[1]},
        .pseudo_count = step->pseudo_count,
    };
    return pseudo_of(builder, step, &out->pseudo);
}

static enum status build_join_stream_table(struct builder *builder, const struct plan_step *step,
                                           struct flow flow)
{
    struct join_stream_table_options options = {.place = place_of(step, flow)};
    TRY(shape_of(builder, step, &options.shape));
    struct operator *op = NULL;
    TRY(join_stream_table_create(&builder->built->arena, &options, &op, builder->diag));
    add_operator(builder, op, step, NULL);
    struct built_step table = {0};
    TRY(build_step(builder, step->inputs[0], (struct flow){.downstream = op}, NULL));
    TRY(build_step(builder, step->inputs[1],
                   (struct flow){.downstream = op, .input = 1, .wants_store = true}, &table));
    join_stream_table_set_table(op, table.table);
    return STATUS_OK;
}

static enum status build_join_stream_stream(struct builder *builder, const struct plan_step *step,
                                            struct flow flow)
{
    struct join_stream_stream_options options = {
        .place = place_of(step, flow),
        .before_ms = step->join.before_ms,
        .after_ms = step->join.after_ms,
        .grace_ms = step->join.grace_ms,
        .is_eager = step->join.is_eager,
        .window = window_of(&step->window),
        .store_ids = {store_id(builder, step, 0), store_id(builder, step, 1)},
    };
    TRY(shape_of(builder, step, &options.shape));
    struct operator *op = NULL;
    TRY(join_stream_stream_create(&builder->built->arena, &options, &op, builder->diag));
    add_operator(builder, op, step, join_stream_stream_load);
    TRY(build_step(builder, step->inputs[0], (struct flow){.downstream = op}, NULL));
    return build_step(builder, step->inputs[1], (struct flow){.downstream = op, .input = 1}, NULL);
}

/* Both inputs of a join of tables, each with a store. */
static enum status build_table_inputs(struct builder *builder, const struct plan_step *step,
                                      struct operator *op, const bool wants_old[2],
                                      struct built_step tables[2])
{
    for (uint32_t i = 0; i < 2; i++) {
        const struct flow below = {
            .downstream = op, .input = i, .wants_old = wants_old[i], .wants_store = true};
        TRY(build_step(builder, step->inputs[i], below, &tables[i]));
    }
    return STATUS_OK;
}

static enum status build_join_table_table(struct builder *builder, const struct plan_step *step,
                                          struct flow flow)
{
    struct join_table_table_options options = {.place = place_of(step, flow),
                                               .emits_old = flow.wants_old};
    TRY(shape_of(builder, step, &options.shape));
    struct operator *op = NULL;
    TRY(join_table_table_create(&builder->built->arena, &options, &op, builder->diag));
    add_operator(builder, op, step, NULL);
    struct built_step tables[2] = {{0}, {0}};
    TRY(build_table_inputs(builder, step, op, (const bool[2]){true, true}, tables));
    join_table_table_set_tables(op, tables[0].table, tables[1].table);
    return STATUS_OK;
}

static enum status build_join_foreign_key(struct builder *builder, const struct plan_step *step,
                                          struct flow flow)
{
    struct join_foreign_key_options options = {
        .place = place_of(step, flow),
        .left_key_count = key_count_of(step->inputs[0]),
        .emits_old = flow.wants_old,
    };
    TRY(shape_of(builder, step, &options.shape));
    struct operator *op = NULL;
    TRY(join_foreign_key_create(&builder->built->arena, &options, &op, builder->diag));
    add_operator(builder, op, step, NULL);
    struct built_step tables[2] = {{0}, {0}};
    TRY(build_table_inputs(builder, step, op, (const bool[2]){true, flow.wants_old}, tables));
    join_foreign_key_set_tables(op, tables[0].table, tables[1].table);
    return STATUS_OK;
}

static enum status build_suppress(struct builder *builder, const struct plan_step *step,
                                  struct flow flow)
{
    builder->is_final = true;
    return build_step(builder, step->inputs[0], flow, NULL);
}

static enum status build_sink(struct builder *builder, const struct plan_step *step,
                              struct flow flow)
{
    const struct plan_sink *sink = &step->sink;
    struct built_query *built = builder->built;
    built->sink_topic = topics_find(builder->options->topics, sink->topic);
    if (!built->sink_topic) {
        return diag_fail(builder->diag, STATUS_MISSING, step->pos,
                         "Kafka topic does not exist: %.*s", TEXT_ARGS(sink->topic));
    }
    struct sink_options options = {
        .place = place_of(step, flow),
        .schema = &step->schema,
        .key_count = key_count_of(step),
        .window = window_of(&sink->window),
        .timestamp = timestamp_of(&sink->timestamp, &step->schema),
        .topics = builder->options->topics,
        .topic = built->sink_topic,
        .writes_first_partition = builder->options->writes_first_partition,
    };
    TRY(sink_serde_of(builder, step, FORMAT_KEY, &options.key));
    TRY(sink_serde_of(builder, step, FORMAT_VALUE, &options.value));
    struct operator *op = NULL;
    TRY(sink_create(&built->arena, &options, &op, builder->diag));
    add_operator(builder, op, step, NULL);
    return build_step(builder, step->inputs[0], (struct flow){.downstream = op}, NULL);
}

static enum status (*const constructors[PLAN_KIND_COUNT])(struct builder *builder,
                                                          const struct plan_step *step,
                                                          struct flow flow) = {
    [PLAN_SOURCE] = build_source,
    [PLAN_FILTER] = build_filter,
    [PLAN_PROJECT] = build_project,
    [PLAN_REKEY] = build_rekey,
    [PLAN_FLAT_MAP] = build_flat_map,
    [PLAN_AGGREGATE] = build_aggregate,
    [PLAN_JOIN_STREAM_TABLE] = build_join_stream_table,
    [PLAN_JOIN_STREAM_STREAM] = build_join_stream_stream,
    [PLAN_JOIN_TABLE_TABLE] = build_join_table_table,
    [PLAN_JOIN_FOREIGN_KEY] = build_join_foreign_key,
    [PLAN_SUPPRESS] = build_suppress,
    [PLAN_SINK] = build_sink,
};

/* A group keeps its own rows, so being materialized costs it nothing more. */
static bool needs_store(const struct builder *builder, const struct plan_step *step,
                        struct flow flow)
{
    if (!step->is_table || step->kind == PLAN_SINK) {
        return false;
    }
    if (step->kind == PLAN_SOURCE) {
        return flow.wants_store || flow.wants_old || step->source.has_store ||
               step == builder->plan->materialized;
    }
    return flow.wants_store ||
           (step == builder->plan->materialized && step->kind != PLAN_AGGREGATE);
}

static enum status build_step(struct builder *builder, const struct plan_step *step,
                              struct flow flow, struct built_step *out)
{
    struct operator *store = NULL;
    if (needs_store(builder, step, flow)) {
        TRY(put_store(builder, step, BUILD_STORES_PER_STEP - 1, &flow, &store));
    }
    if (out) {
        out->table = store;
    }
    return constructors[step->kind](builder, step, flow);
}

/* --- The whole query ---------------------------------------------------------------------- */

/* Operators were made downstream first; flushing wants upstream first. */
static void reverse_operators(struct built_query *built)
{
    for (size_t i = 0; i < built->operator_count / 2; i++) {
        const struct built_operator swapped = built->operators[i];
        built->operators[i] = built->operators[built->operator_count - 1 - i];
        built->operators[built->operator_count - 1 - i] = swapped;
    }
}

static enum status begin(struct builder *builder, struct built_query *out)
{
    *out = (struct built_query){0};
    arena_init(&out->arena);
    builder->built = out;
    builder->capacity = (size_t)builder->plan->step_count * 2; /* each step, and its store */
    out->operators =
        arena_zalloc(&out->arena, builder->capacity * sizeof(*out->operators));
    out->source_count = builder->plan->source_count;
    out->sources =
        arena_zalloc(&out->arena, builder->plan->source_count * sizeof(struct operator *));
    return out->operators && out->sources ? STATUS_OK : diag_no_memory(builder->diag);
}

static enum status drop_rows(void *receiver, struct op_context *context, struct batch *batch,
                             struct diag *diag)
{
    (void)receiver;
    (void)context;
    (void)batch;
    (void)diag;
    return STATUS_OK;
}

/* Where the root's rows go: a sink takes them itself, a client gets them, and the query of a
 * SOURCE TABLE only keeps them in its store. */
static enum status find_end(struct builder *builder, struct operator **out)
{
    *out = builder->options->client;
    if (*out || builder->plan->root->kind == PLAN_SINK) {
        return STATUS_OK;
    }
    const struct collector_options options = {.receive = drop_rows};
    return collector_create(&builder->built->arena, &options, out, builder->diag);
}

enum status build_query(const struct plan *plan, const struct build_options *options,
                        struct built_query *out, struct diag *diag)
{
    struct builder builder = {
        .plan = plan, .options = options, .is_final = plan->is_final, .diag = diag};
    enum status status = begin(&builder, out);
    struct operator *end = NULL;
    if (status == STATUS_OK) {
        status = find_end(&builder, &end);
    }
    if (status == STATUS_OK) {
        status = build_step(&builder, plan->root, (struct flow){.downstream = end}, NULL);
    }
    if (status != STATUS_OK) {
        built_query_release(out);
        return status;
    }
    reverse_operators(out);
    return STATUS_OK;
}

void built_query_release(struct built_query *built)
{
    for (size_t i = 0; i < built->operator_count; i++) {
        op_release(built->operators[i].op);
    }
    topic_unref(built->sink_topic);
    arena_release(&built->arena);
    *built = (struct built_query){0};
}

enum status build_load(const struct built_query *built, struct reader *reader,
                       struct op_context *context, struct diag *diag)
{
    for (size_t i = 0; i < built->operator_count; i++) {
        if (built->operators[i].load) {
            TRY(built->operators[i].load(built->operators[i].op, reader, diag));
        }
    }
    for (size_t i = 0; i < built->operator_count; i++) {
        if (built->operators[i].step->kind == PLAN_JOIN_FOREIGN_KEY && !built->operators[i].load) {
            TRY(join_foreign_key_load(built->operators[i].op, context, diag));
        }
    }
    return STATUS_OK;
}

/* --- Above the materialized step ------------------------------------------------------------ */

static enum status build_one_above(struct builder *builder, const struct plan_step *step,
                                   struct operator *downstream, struct operator **out)
{
    const struct op_place place = place_of(step, (struct flow){.downstream = downstream});
    struct arena *arena = &builder->built->arena;
    if (step->kind == PLAN_FILTER) {
        const struct filter_options options = {
            .place = place, .predicate = step->filter.predicate};
        TRY(filter_create(arena, &options, out, builder->diag));
    } else if (step->kind == PLAN_PROJECT) {
        const struct project_options options = {.place = place,
                                                .schema = &step->schema,
                                                .exprs = step->project.exprs};
        TRY(project_create(arena, &options, out, builder->diag));
    } else { /* SUPPRESS and SINK change no rows */
        *out = downstream;
        return STATUS_OK;
    }
    add_operator(builder, *out, step, NULL);
    return STATUS_OK;
}

enum status build_above(const struct plan *plan, struct operator *client,
                        struct built_query *out, struct operator **out_first, struct diag *diag)
{
    const struct build_options options = {0};
    struct builder builder = {.plan = plan, .options = &options, .diag = diag};
    enum status status = begin(&builder, out);
    *out_first = client;
    for (const struct plan_step *step = plan->root;
         status == STATUS_OK && step != plan->materialized; step = step->inputs[0]) {
        status = build_one_above(&builder, step, *out_first, out_first);
    }
    if (status != STATUS_OK) {
        built_query_release(out);
    }
    return status;
}

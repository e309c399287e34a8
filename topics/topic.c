/* topic.c: one topic as an object: made, counted, asked. Its partitions belong to the log. */
#include <assert.h>

#include "base/memory.h"
#include "topics/topics_parts.h"

static bool copy_text(struct text from, struct text *out)
{
    char *copy = memory_alloc(from.bytes + 1);
    if (!copy) {
        return false;
    }
    if (from.bytes) {
        memcpy(copy, from.data, from.bytes);
    }
    copy[from.bytes] = '\0';
    *out = (struct text){copy, from.bytes};
    return true;
}

static void destroy(struct topic *topic)
{
    for (uint32_t i = 0; topic->partitions && i < topic->partition_count; i++) {
        assert(topic->partitions[i].ring_count == 0);
        memory_free(topic->partitions[i].ring);
    }
    memory_free(topic->partitions);
    memory_free((void *)(uintptr_t)topic->name.data);
    memory_free((void *)(uintptr_t)topic->config.cleanup_policy.data);
    memory_free(topic);
}

enum status topic_create(struct topics *topics, const struct topic_row *row, struct topic **out,
                         struct diag *diag)
{
    struct topic *topic = memory_zalloc(sizeof(*topic));
    if (!topic) {
        return diag_no_memory(diag);
    }
    topic->topics = topics;
    topic->id = row->id;
    topic->partition_count = row->partition_count;
    topic->config.retention_ms = row->retention_ms;
    topic->config.retention_bytes = row->retention_bytes;
    atomic_init(&topic->reference_count, 1);
    topic->partitions = memory_zalloc(row->partition_count * sizeof(struct partition));
    if (!topic->partitions || !copy_text(row->name, &topic->name) ||
        !copy_text(row->cleanup_policy, &topic->config.cleanup_policy)) {
        destroy(topic);
        return diag_no_memory(diag);
    }
    *out = topic;
    return STATUS_OK;
}

struct topic *topic_ref(struct topic *topic)
{
    atomic_fetch_add_explicit(&topic->reference_count, 1, memory_order_relaxed);
    return topic;
}

void topic_unref(struct topic *topic)
{
    if (topic && atomic_fetch_sub_explicit(&topic->reference_count, 1, memory_order_acq_rel) == 1) {
        destroy(topic);
    }
}

struct text topic_name(const struct topic *topic)
{
    return topic->name;
}

uint64_t topic_id(const struct topic *topic)
{
    return topic->id;
}

uint32_t topic_partition_count(const struct topic *topic)
{
    return topic->partition_count;
}

const struct topic_config *topic_get_config(const struct topic *topic)
{
    return &topic->config;
}

struct topic_config topic_config_default(void)
{
    return (struct topic_config){
        .retention_ms = -1, .retention_bytes = -1, .cleanup_policy = TEXT("delete")};
}

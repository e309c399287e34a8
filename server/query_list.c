/* query_list.c
 *
 * A ring under one lock: queries come and go at the rate of requests, and are looked up by id only
 * when someone closes one.
 */
#include "server/query_list.h"

#include <assert.h>

void query_list_init(struct query_list *list)
{
    pthread_mutex_init(&list->lock, NULL);
    list->head = (struct query_link){&list->head, &list->head, NULL};
    list->count = 0;
}

void query_list_release(struct query_list *list)
{
    assert(list->count == 0);
    pthread_mutex_destroy(&list->lock);
}

bool query_list_add(struct query_list *list, struct query_link *link,
                    struct query_stream *stream, size_t count_max)
{
    pthread_mutex_lock(&list->lock);
    const bool has_room = list->count < count_max;
    if (has_room) {
        *link = (struct query_link){&list->head, list->head.previous, stream};
        link->previous->next = link;
        link->next->previous = link;
        list->count++;
    }
    pthread_mutex_unlock(&list->lock);
    return has_room;
}

void query_list_remove(struct query_list *list, struct query_link *link)
{
    pthread_mutex_lock(&list->lock);
    link->previous->next = link->next;
    link->next->previous = link->previous;
    list->count--;
    pthread_mutex_unlock(&list->lock);
}

size_t query_list_count(struct query_list *list)
{
    pthread_mutex_lock(&list->lock);
    const size_t count = list->count;
    pthread_mutex_unlock(&list->lock);
    return count;
}

void query_list_each(struct query_list *list,
                     bool (*visit)(struct query_stream *stream, void *context), void *context)
{
    pthread_mutex_lock(&list->lock);
    struct query_link *link = list->head.next;
    while (link != &list->head && visit(link->stream, context)) {
        link = link->next;
    }
    pthread_mutex_unlock(&list->lock);
}

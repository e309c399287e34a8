/* nexmark.c
 *
 * Of every 50 consecutive events the first is a person, the next three are auctions and the
 * other 46 bids. Keys are skewed as in the reference: half of the bids go to a "hot" auction, three
 * quarters come from a hot bidder; the rest is uniform over the recent ones, up to ten ahead of
 * what exists yet, so that joins meet bids before their auction.
 *
 * Random numbers come from splitmix64: tiny, seedable and the same on every machine.
 */
#include "shell/nexmark.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/int128.h"

enum {
    EVENTS_PER_EPOCH = 50,
    AUCTIONS_PER_EPOCH = 3,
    FIRST_ID = 1000,
    FIRST_CATEGORY = 10,
    CATEGORY_COUNT = 5,
    AUCTIONS_IN_FLIGHT = 100,
    PERSONS_ACTIVE = 1000,
    ID_LEAD = 10,
    HOT_STRIDE = 100, /* one id in so many is a hot one */
    HOT_BIDDERS = 4,  /* 3 of 4 bids come from a hot bidder; sellers alike */
    CHANNEL_COUNT = 10000,
    PERSON_BYTES = 200, /* average sizes that `extra` pads to */
    AUCTION_BYTES = 500,
    BID_BYTES = 100,
    BID_FIXED_BYTES = 32,
    NUMBER_BYTES = 8, /* what the reference counts for one number */
};

static const int64_t base_time_ms = 1436918400000; /* 2015-07-15, as in the reference */

static const char *const first_names[] = {"Peter", "Paul",  "Luke",  "John",  "Saul", "Vicky",
                                          "Kate",  "Julie", "Sarah", "Deiter", "Walter"};
static const char *const last_names[] = {"Shultz", "Abrams", "Spencer",  "White", "Bartels",
                                         "Walton", "Smith",  "Jones", "Noris"};
static const char *const cities[] = {"Phoenix",       "Los Angeles", "San Francisco", "Boise",
                                     "Portland",      "Bend",        "Redmond",       "Seattle",
                                     "Kent",          "Cheyenne"};
static const char *const states[] = {"AZ", "CA", "ID", "OR", "WA", "WY"};
static const char *const hot_channels[] = {"Google", "Facebook", "Baidu", "Apple"};

#define PICK(nexmark, table) (table)[below((nexmark), sizeof(table) / sizeof((table)[0]))]

static uint64_t mix(uint64_t value)
{
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9U;
    value = (value ^ (value >> 27)) * 0x94D049BB133111EBU;
    return value ^ (value >> 31);
}

static uint64_t next_random(struct nexmark *nexmark)
{
    nexmark->random += 0x9E3779B97F4A7C15U;
    return mix(nexmark->random);
}

static uint64_t below(struct nexmark *nexmark, uint64_t limit)
{
    return (uint64_t)(((uint128)next_random(nexmark) * limit) >> 64);
}

static double fraction(struct nexmark *nexmark)
{
    return (double)(next_random(nexmark) >> 11) * 0x1.0p-53;
}

/* Letters, with `special` in place of one in 13. */
static void append_letters(struct nexmark *nexmark, size_t bytes, char special,
                           struct buffer *out)
{
    for (size_t i = 0; i < bytes; i++) {
        const bool is_special = below(nexmark, 13) == 0;
        buffer_append_byte(out, is_special ? special : (char)('a' + below(nexmark, 26)));
    }
}

static size_t append_word(struct nexmark *nexmark, size_t bytes_max, char special,
                          struct buffer *out)
{
    const size_t bytes = 3 + (size_t)below(nexmark, bytes_max - 3);
    append_letters(nexmark, bytes, special, out);
    return bytes;
}

/* Fills up to the average size of the kind, give or take a fifth of what is missing. */
static void append_extra(struct nexmark *nexmark, size_t used, size_t average, struct buffer *out)
{
    buffer_append_string(out, "\"extra\":\"");
    if (used < average) {
        const size_t missing = average - used;
        const size_t delta = (missing + 2) / 5;
        append_letters(nexmark, missing - delta + (size_t)(delta ? below(nexmark, 2 * delta) : 0),
                       ' ', out);
    }
    buffer_append_string(out, "\"}");
}

static uint64_t last_person(const struct nexmark *nexmark)
{
    return nexmark->event / EVENTS_PER_EPOCH;
}

static uint64_t last_auction(const struct nexmark *nexmark)
{
    const uint64_t epoch = nexmark->event / EVENTS_PER_EPOCH;
    const uint64_t offset = nexmark->event % EVENTS_PER_EPOCH;
    if (offset == 0) { /* this epoch has no auction yet */
        return epoch ? epoch * AUCTIONS_PER_EPOCH - 1 : 0;
    }
    const uint64_t made = offset < AUCTIONS_PER_EPOCH ? offset : AUCTIONS_PER_EPOCH;
    return epoch * AUCTIONS_PER_EPOCH + made - 1;
}

static uint64_t any_person(struct nexmark *nexmark)
{
    const uint64_t count = last_person(nexmark) + 1;
    const uint64_t active = count < PERSONS_ACTIVE ? count : PERSONS_ACTIVE;
    return count - active + below(nexmark, active + ID_LEAD);
}

static uint64_t any_auction(struct nexmark *nexmark)
{
    const uint64_t last = last_auction(nexmark);
    const uint64_t first = last < AUCTIONS_IN_FLIGHT ? 0 : last - AUCTIONS_IN_FLIGHT;
    return first + below(nexmark, last - first + 1 + ID_LEAD);
}

static int64_t event_time_ms(const struct nexmark *nexmark, uint64_t event)
{
    return base_time_ms + (int64_t)(event * 1000000U / nexmark->rate / 1000U);
}

static uint64_t price(struct nexmark *nexmark)
{
    return (uint64_t)llround(pow(10.0, fraction(nexmark) * 6.0) * 100.0);
}

static void append_person(struct nexmark *nexmark, int64_t time_ms, struct buffer *out)
{
    const size_t start = out->bytes;
    const char *first_name = PICK(nexmark, first_names);
    const char *last_name = PICK(nexmark, last_names);
    buffer_printf(out, "{\"id\":%llu,\"name\":\"%s %s\",\"emailAddress\":\"",
                  (unsigned long long)(last_person(nexmark) + FIRST_ID), first_name, last_name);
    append_word(nexmark, 7, '_', out);
    buffer_append_byte(out, '@');
    append_word(nexmark, 5, '_', out);
    buffer_append_string(out, ".com\",\"creditCard\":\"");
    for (int group = 0; group < 4; group++) {
        buffer_printf(out, group ? " %04u" : "%04u", (unsigned)below(nexmark, 10000));
    }
    const char *city = PICK(nexmark, cities);
    const char *state = PICK(nexmark, states);
    buffer_printf(out, "\",\"city\":\"%s\",\"state\":\"%s\",\"dateTime\":%lld,", city, state,
                  (long long)time_ms);
    const size_t names_bytes = 96; /* keys and punctuation, which the reference does not count */
    append_extra(nexmark, out->bytes - start - names_bytes, PERSON_BYTES, out);
}

static void append_auction(struct nexmark *nexmark, int64_t time_ms, struct buffer *out)
{
    const uint64_t initial = price(nexmark);
    const uint64_t reserve = initial + price(nexmark);
    const uint64_t category = FIRST_CATEGORY + below(nexmark, CATEGORY_COUNT);
    const int64_t horizon_ms =
        event_time_ms(nexmark, nexmark->event +
                                   AUCTIONS_IN_FLIGHT * EVENTS_PER_EPOCH / AUCTIONS_PER_EPOCH) -
        time_ms;
    const uint64_t life_limit = horizon_ms > 0 ? (uint64_t)horizon_ms * 2 : 1;
    const int64_t expires_ms = time_ms + 1 + (int64_t)below(nexmark, life_limit);
    const uint64_t last = last_person(nexmark);
    const uint64_t seller = below(nexmark, HOT_BIDDERS) > 0 ? last / HOT_STRIDE * HOT_STRIDE
                                                            : any_person(nexmark);
    buffer_printf(out, "{\"id\":%llu,\"itemName\":\"",
                  (unsigned long long)(last_auction(nexmark) + FIRST_ID));
    const size_t name_bytes = append_word(nexmark, 20, ' ', out);
    buffer_append_string(out, "\",\"description\":\"");
    const size_t description_bytes = append_word(nexmark, 100, ' ', out);
    buffer_printf(out,
                  "\",\"initialBid\":%llu,\"reserve\":%llu,\"dateTime\":%lld,\"expires\":%lld,"
                  "\"seller\":%llu,\"category\":%llu,",
                  (unsigned long long)initial, (unsigned long long)reserve,
                  (long long)time_ms, (long long)expires_ms,
                  (unsigned long long)(seller + FIRST_ID), (unsigned long long)category);
    append_extra(nexmark, name_bytes + description_bytes + 6 * NUMBER_BYTES, AUCTION_BYTES, out);
}

/* The three directories of a URL; the same for the same owner, as the reference caches them. */
static void append_url(struct nexmark *owner, struct buffer *out)
{
    buffer_append_string(out, "https://www.nexmark.com/");
    for (int directory = 0; directory < 3; directory++) {
        append_word(owner, 5, '_', out);
        buffer_append_byte(out, '/');
    }
    buffer_append_string(out, "item.htm?query=1");
}

static uint32_t reverse_bits(uint32_t value)
{
    uint32_t reversed = 0;
    for (int bit = 0; bit < 32; bit++) {
        reversed = reversed << 1 | (value >> bit & 1U);
    }
    return reversed;
}

static void append_channel(struct nexmark *nexmark, struct buffer *out)
{
    const bool is_hot = below(nexmark, 2) > 0;
    const uint64_t count = sizeof(hot_channels) / sizeof(hot_channels[0]);
    const uint32_t channel = (uint32_t)below(nexmark, is_hot ? count : CHANNEL_COUNT);
    struct nexmark owner = {.random = mix(nexmark->seed + channel + (is_hot ? 1U << 20 : 0))};
    if (is_hot) {
        buffer_printf(out, "\"channel\":\"%s\",\"url\":\"", hot_channels[channel]);
        append_url(&owner, out);
    } else {
        buffer_printf(out, "\"channel\":\"channel-%u\",\"url\":\"", channel);
        append_url(&owner, out);
        if (below(&owner, 10) > 0) {
            const int32_t id = (int32_t)reverse_bits(channel);
            buffer_printf(out, "&channel_id=%lld", llabs((long long)id));
        }
    }
    buffer_append_string(out, "\",");
}

static uint64_t bid_auction(struct nexmark *nexmark)
{
    if (nexmark->auction_keys) {
        return below(nexmark, nexmark->auction_keys);
    }
    return below(nexmark, 2) > 0 ? last_auction(nexmark) / HOT_STRIDE * HOT_STRIDE
                                 : any_auction(nexmark);
}

static void append_bid(struct nexmark *nexmark, int64_t time_ms, struct buffer *out)
{
    const uint64_t auction = bid_auction(nexmark);
    const uint64_t bidder = below(nexmark, HOT_BIDDERS) > 0
                                ? last_person(nexmark) / HOT_STRIDE * HOT_STRIDE + 1
                                : any_person(nexmark);
    buffer_printf(out, "{\"auction\":%llu,\"bidder\":%llu,\"price\":%llu,",
                  (unsigned long long)(auction + FIRST_ID),
                  (unsigned long long)(bidder + FIRST_ID), (unsigned long long)price(nexmark));
    append_channel(nexmark, out);
    buffer_printf(out, "\"dateTime\":%lld,", (long long)time_ms);
    append_extra(nexmark, BID_FIXED_BYTES, BID_BYTES, out);
}

enum status nexmark_profile_parse(const char *name, enum nexmark_profile *out, struct diag *diag)
{
    const bool is_dense = strcmp(name, "dense") == 0;
    if (!is_dense && strcmp(name, "sparse") != 0) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                         "--profile can be dense or sparse, not '%s'", name);
    }
    *out = is_dense ? NEXMARK_DENSE : NEXMARK_SPARSE;
    return STATUS_OK;
}

void nexmark_init(struct nexmark *nexmark, uint64_t seed, enum nexmark_profile profile)
{
    *nexmark = (struct nexmark){
        .random = seed,
        .seed = seed,
        .rate = profile == NEXMARK_DENSE ? 10000000 : 10000,
    };
}

enum nexmark_kind nexmark_next(struct nexmark *nexmark, struct buffer *out, int64_t *time_ms)
{
    const uint64_t offset = nexmark->event % EVENTS_PER_EPOCH;
    *time_ms = event_time_ms(nexmark, nexmark->event);
    enum nexmark_kind kind = NEXMARK_BID;
    if (offset == 0) {
        kind = NEXMARK_PERSON;
        append_person(nexmark, *time_ms, out);
    } else if (offset <= AUCTIONS_PER_EPOCH) {
        kind = NEXMARK_AUCTION;
        append_auction(nexmark, *time_ms, out);
    } else {
        append_bid(nexmark, *time_ms, out);
    }
    nexmark->event++;
    return kind;
}

const char *nexmark_kind_name(enum nexmark_kind kind)
{
    static const char *const names[] = {"person", "auction", "bid"};
    return names[kind];
}

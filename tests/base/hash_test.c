/* hash_test.c: the partitioner hash against the vectors of Kafka's own unit test. */
#include "tests/test.h"

#include "base/hash.h"

static void murmur2_matches_kafka(void **state)
{
    (void)state;
    static const struct {
        const char *key;
        int32_t hash;
    } vectors[] = {
        {"21", -973932308},
        {"foobar", -790332482},
        {"a-little-bit-long-string", -985981536},
        {"a-little-bit-longer-string", -1486304829},
        {"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971},
        {"abc", 479470107},
    };
    for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
        const uint32_t hash = hash_murmur2(vectors[i].key, strlen(vectors[i].key));
        assert_int_equal((int32_t)hash, vectors[i].hash);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(murmur2_matches_kafka)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

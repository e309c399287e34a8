/* setup.h: the sources that the tables of plan cases start from. */
#ifndef TESTS_PLANNER_SETUP_H
#define TESTS_PLANNER_SETUP_H

#define PLANNER_SETUP                                                                              \
    "CREATE STREAM S (K STRING KEY, A INT, B BIGINT, D DECIMAL(4, 2), T "                          \
    "TIMESTAMP, L ARRAY<INT>, X STRUCT<F INT, G STRING>) WITH "                                    \
    "(kafka_topic='s', value_format='JSON');"                                                      \
    "CREATE STREAM R (K STRING KEY, A INT, C DOUBLE) WITH "                                        \
    "(kafka_topic='r', value_format='JSON');"                                                      \
    "CREATE TABLE U (ID STRING PRIMARY KEY, NAME STRING, RID INT) WITH "                           \
    "(kafka_topic='u', value_format='JSON');"                                                      \
    "CREATE TABLE V (ID INT PRIMARY KEY, CITY STRING) WITH "                                       \
    "(kafka_topic='v', value_format='JSON', key_format='JSON');"                                   \
    "CREATE STREAM W (K STRING KEY, A INT) WITH (kafka_topic='w', "                                \
    "value_format='JSON', window_type='TUMBLING', window_size='10 SECONDS');"                      \
    "CREATE TABLE M AS SELECT K, COUNT(*) AS N FROM S GROUP BY K;"                                 \
    "CREATE TABLE MW AS SELECT K, COUNT(*) AS N FROM S WINDOW TUMBLING "                           \
    "(SIZE 10 SECONDS) GROUP BY K;"

#endif

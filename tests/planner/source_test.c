/* source_test.c: statements that define sources, and the plans or messages that they give. */
#include "tests/planner/plan_case.h"
#include "tests/planner/setup.h"
#include "tests/test.h"

static const struct plan_case cases[] = {
    {"CREATE STREAM O (V INT) WITH (kafka_topic='o', format='JSON', value_schema_id=1);",
     "ERROR: Table elements and VALUE_SCHEMA_ID cannot both exist for create statement.\n"},
    {"CREATE STREAM O (K INT KEY) WITH (kafka_topic='o', format='JSON', value_schema_id=1);",
     "ERROR: VALUE_FORMAT should support schema inference when VALUE_SCHEMA_ID is provided. "
     "Current format is JSON.\n"},
    {"SET 'ksql.headers.columns.enabled'='false'; CREATE STREAM O (H BYTES HEADER('h')) WITH "
     "(kafka_topic='o', value_format='JSON');",
     "ERROR: Cannot create STREAM because schema with headers columns is disabled.\n"},
    {"SET 'ksql.source.table.materialization.enabled'='false'; CREATE SOURCE TABLE O (K INT "
     "PRIMARY KEY, V INT) WITH (kafka_topic='o', value_format='JSON');",
     "ERROR: Cannot execute command because source table materialization is disabled.\n"},
    {"SET 'ksql.create.or.replace.enabled'='false'; CREATE OR REPLACE STREAM O (K INT KEY, V INT) "
     "WITH (kafka_topic='o', value_format='JSON');",
     "ERROR: The server has disabled CREATE OR REPLACE. To enable it, restart your ksqlDB server "
     "with 'ksql.create.or.replace.enabled'=true\n"},
    {"CREATE STREAM N (A INT, K STRING KEY, H BYTES HEADER('h'), B BIGINT) "
     "WITH (kafka_topic='n', value_format='JSON');",
     "STREAM N: `K` STRING KEY, `A` INTEGER, `H` BYTES HEADER('h'), `B` BIGINT\n"},
    {"CREATE TABLE N (K INT PRIMARY KEY, A ARRAY<STRUCT<F MAP<STRING, "
     "INT>>>) WITH (kafka_topic='n', format='JSON');",
     "TABLE N: `K` INTEGER PRIMARY KEY, `A` ARRAY<STRUCT<`F` MAP<STRING, "
     "INTEGER>>>\n"},
    {"CREATE TABLE N (A INT) WITH (kafka_topic='n', value_format='JSON');",
     "ERROR: Tables require a PRIMARY KEY. Please define the PRIMARY KEY.\n"},
    {"CREATE TABLE N (K INT KEY) WITH (kafka_topic='n', value_format='JSON');",
     "ERROR: Line: 1, Col: 17: Column `K` is a 'KEY' column: please use "
     "'PRIMARY KEY' for tables.\n"
     "Tables have PRIMARY KEYs, which are unique and NON NULL.\n"
     "Streams have KEYs, which have no uniqueness or NON NULL constraints.\n"
     "Statement: CREATE TABLE N (K INT KEY) WITH (kafka_topic='n', "
     "value_format='JSON');\n"},
    {"CREATE STREAM N (K INT PRIMARY KEY) WITH (kafka_topic='n', "
     "value_format='JSON');",
     "ERROR: Line: 1, Col: 18: Column `K` is a 'PRIMARY KEY' column: please "
     "use 'KEY' for streams.\n"
     "Tables have PRIMARY KEYs, which are unique and NON NULL.\n"
     "Streams have KEYs, which have no uniqueness or NON NULL constraints.\n"
     "Statement: CREATE STREAM N (K INT PRIMARY KEY) WITH (kafka_topic='n', "
     "value_format='JSON');\n"},
    {"CREATE STREAM N (ROWTIME BIGINT) WITH (kafka_topic='n', "
     "value_format='JSON');",
     "ERROR: Line: 1, Col: 18: 'ROWTIME' is a reserved column name. You "
     "cannot use it as a name for a column.\n"},
    {"CREATE STREAM N (A INT, A STRING) WITH (kafka_topic='n', "
     "value_format='JSON');",
     "ERROR: Duplicate column names: A\n"},
    {"CREATE STREAM N (A INT) WITH (value_format='JSON');",
     "ERROR: Failed to prepare statement: Missing required property "
     "\"KAFKA_TOPIC\" which has no default value.\n"},
    {"CREATE STREAM N (A INT) WITH (kafka_topic='n');",
     "ERROR: Statement is missing the 'VALUE_FORMAT' property from the WITH "
     "clause. Either provide one or set a default via the "
     "'ksql.persistence.default.format.value' config.\n"},
    {"CREATE STREAM N (A INT) WITH (kafka_topic='n', value_format='XML');",
     "ERROR: Unknown format: XML\n"},
    {"CREATE STREAM N (A INT) WITH (kafka_topic='n', value_format='JSON', "
     "foo='bar');",
     "ERROR: Failed to prepare statement: Invalid config variable(s) in the "
     "WITH clause: FOO\n"},
    {"CREATE STREAM N (A INT) WITH (kafka_topic='n', value_format='JSON', "
     "partitions='many');",
     "ERROR: Failed to prepare statement: Invalid value many for "
     "configuration PARTITIONS: Not a number of type INT\n"},
    {"CREATE STREAM N (A INT) WITH (kafka_topic='n', value_format='JSON', "
     "partitions=7);",
     "ERROR: A Kafka topic with the name 'n' already exists, with different "
     "partition/replica configuration than required. KSQL expects 7 "
     "partitions (topic has 4), and 1 replication factor (topic has 1)\n"},
    {"CREATE STREAM N (A INT) WITH (kafka_topic='newtopic', "
     "value_format='JSON');",
     "ERROR: Topic 'newtopic' does not exist. If you want to create a new "
     "topic for the stream/table please re-run the statement providing the "
     "required 'PARTITIONS' configuration in the WITH clause (and "
     "optionally 'REPLICAS'). For example: CREATE STREAM N (A INTEGER) WITH "
     "(KAFKA_TOPIC='newtopic', VALUE_FORMAT='JSON', PARTITIONS=2);\n"},
    {"CREATE STREAM N (A INT) WITH (kafka_topic='newtopic', "
     "value_format='JSON', partitions=7);",
     "STREAM N: `A` INTEGER\n"},
    {"CREATE STREAM N (A INT) WITH (kafka_topic='bad/name', "
     "value_format='JSON');",
     "ERROR: Topic name 'bad/name' is illegal, it contains a character "
     "other than ASCII alphanumerics, '.', '_' and '-'\n"},
    {"CREATE STREAM N (A INT, B INT) WITH (kafka_topic='n', "
     "value_format='JSON', wrap_single_value=false);",
     "ERROR: 'WRAP_SINGLE_VALUE' is only valid for single-field value schemas\n"},
    {"CREATE STREAM N (A INT) WITH (kafka_topic='n', "
     "value_format='DELIMITED', value_delimiter='');",
     "ERROR: Failed to prepare statement: Configuration VALUE_DELIMITER is "
     "invalid: Delimiter cannot be empty, if you meant to have a tab or "
     "space for delimiter, please use the special values 'TAB' or 'SPACE'\n"
     "Example valid value: ';'\n"},
    {"CREATE STREAM N (A INT) WITH (kafka_topic='n', value_format='JSON', "
     "timestamp='b');",
     "ERROR: The TIMESTAMP column set in the WITH clause does not exist in "
     "the schema: 'B'\n"},
    {"CREATE STREAM N (A STRING) WITH (kafka_topic='n', "
     "value_format='JSON', timestamp='a');",
     "ERROR: A String timestamp field has been specified without also "
     "specifying the timestamp_format\n"},
    {"CREATE STREAM N (A BIGINT) WITH (kafka_topic='n', "
     "value_format='JSON', timestamp='a', timestamp_format='yyyy');",
     "ERROR: 'TIMESTAMP_FORMAT' set in the WITH clause can only be used "
     "when the timestamp column is of type STRING.\n"},
    {"CREATE STREAM N (K INT KEY, A INT) WITH (kafka_topic='n', "
     "value_format='JSON', window_type='HOPPING');",
     "ERROR: HOPPING windows require 'WINDOW_SIZE' to be provided in the "
     "WITH clause. For example: 'WINDOW_SIZE'='10 SECONDS'\n"},
    {"CREATE STREAM N (K INT KEY, A INT) WITH (kafka_topic='n', "
     "value_format='JSON', window_type='SESSION', window_size='1 SECOND');",
     "ERROR: 'WINDOW_SIZE' should not be set for SESSION windows.\n"},
    {"CREATE STREAM N (K INT KEY, A INT) WITH (kafka_topic='n', "
     "value_format='JSON', window_type='TUMBLING', window_size='1 EON');",
     "ERROR: Failed to prepare statement: Configuration WINDOW_SIZE is "
     "invalid: Invalid duration: '1 EON'. Unknown time unit: 'EON'\n"},
    {"CREATE TABLE N (K INT PRIMARY KEY, A INT) WITH (kafka_topic='n', "
     "value_format='JSON', retention_ms=1);",
     "ERROR: Invalid config variable in the WITH clause: RETENTION_MS. "
     "Non-windowed tables do not support retention.\n"},
    {"CREATE STREAM N (A INT) WITH (kafka_topic='n', value_format='JSON', "
     "cleanup_policy='compact');",
     "ERROR: Invalid config variable in the WITH clause: CLEANUP_POLICY.\n"
     "The CLEANUP_POLICY config is automatically inferred based on the type "
     "of source (STREAM or TABLE).\n"
     "Users can't set the CLEANUP_POLICY config manually.\n"},
    {"CREATE STREAM N (A NOPE) WITH (kafka_topic='n', value_format='JSON');",
     "ERROR: Cannot resolve unknown type: NOPE\n"},
    {"CREATE TYPE P AS STRUCT<X INT, Y INT>; CREATE STREAM N (A P, B "
     "ARRAY<P>) WITH (kafka_topic='n', value_format='JSON');",
     "STREAM N: `A` STRUCT<`X` INTEGER, `Y` INTEGER>, `B` ARRAY<STRUCT<`X` "
     "INTEGER, `Y` INTEGER>>\n"},
    {"CREATE STREAM N (A DECIMAL(2, 3)) WITH (kafka_topic='n', "
     "value_format='JSON');",
     "ERROR: DECIMAL precision must be >= scale: DECIMAL(2,3)\n"},
    {"CREATE STREAM S (A INT) WITH (kafka_topic='n', value_format='JSON');",
     "ERROR: Cannot add stream 'S': A stream with the same name already exists\n"},
    {"CREATE TABLE S (K INT PRIMARY KEY) WITH (kafka_topic='n', "
     "value_format='JSON');",
     "ERROR: Cannot add table 'S': A stream with the same name already exists\n"},
    {"CREATE OR REPLACE STREAM R (K STRING KEY, A INT, C DOUBLE, E INT) "
     "WITH (kafka_topic='r', value_format='JSON');",
     "STREAM R: `K` STRING KEY, `A` INTEGER, `C` DOUBLE, `E` INTEGER\n"},
    {"CREATE OR REPLACE STREAM R (K STRING KEY, C DOUBLE) WITH "
     "(kafka_topic='r', value_format='JSON');",
     "ERROR: Cannot upgrade data source: DataSource '`R`' has schema = `K` "
     "STRING KEY, `A` INTEGER, `C` DOUBLE which is not upgradeable to `K` "
     "STRING KEY, `C` DOUBLE. (The following columns are changed, missing "
     "or reordered: [`A` INTEGER, `C` DOUBLE])\n"},
    {"CREATE OR REPLACE STREAM R (K STRING KEY, A INT, C DOUBLE) WITH "
     "(kafka_topic='q', value_format='JSON');",
     "ERROR: Cannot upgrade data source: DataSource '`R`' has topic = r "
     "which is not upgradeable to q\n"},
    {"CREATE OR REPLACE TABLE R (K STRING PRIMARY KEY, A INT, C DOUBLE) "
     "WITH (kafka_topic='r', value_format='JSON');",
     "ERROR: Cannot upgrade data source: DataSource '`R`' has type = "
     "KSTREAM which is not upgradeable to KTABLE\n"},
    {"ALTER STREAM R ADD COLUMN E INT, ADD COLUMN F STRING;",
     "STREAM R: `K` STRING KEY, `A` INTEGER, `C` DOUBLE, `E` INTEGER, `F` "
     "STRING\n"},
    {"ALTER STREAM R ADD COLUMN A INT;",
     "ERROR: Cannot add column `A` to schema. A column with the same name "
     "already exists.\n"},
    {"ALTER TABLE R ADD COLUMN E INT;",
     "ERROR: Incompatible data source type is STREAM, but statement was "
     "ALTER TABLE\n"},
    {"ALTER TABLE M ADD COLUMN E INT;",
     "ERROR: ALTER command is not supported for CREATE ... AS statements.\n"},
};

static void source_cases_plan_as_listed(void **state)
{
    (void)state;
    PLAN_CASES_RUN(PLANNER_SETUP, cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(source_cases_plan_as_listed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

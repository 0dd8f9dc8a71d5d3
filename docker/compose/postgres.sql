-- SPDX-License-Identifier: Apache-2.0
-- The service's role and database; createrole lets its migration make jobtrail_reader.
create role jobtrail login createrole;
create database jobtrail owner jobtrail;

// SPDX-License-Identifier: Apache-2.0
#include "cli/emit/simulator_text.h"

#include <stdio.h>

#define LIST(array) (array), sizeof(array) / sizeof *(array)

static const struct simulated_error load_errors[] = {
    {"SOURCE_UNREADABLE", "The file could not be read",
     "Layer 'parcels' ends after 48213 of 51000 records: unexpected end of file.\n"
     "  at reader.next (record 48214)\n  at load.copy (part 17)\n"
     "Upload the file again; the copy on the server is 3 MB shorter than announced."},
    {"NO_SPATIAL_REFERENCE", "The data have no spatial reference",
     "The layer names no coordinate reference system, and none was chosen when the job was\n"
     "started. Choose one under \"Source\", then start the job again."},
    {"QUOTA_EXCEEDED", "Not enough room",
     "The organisation has 1.2 GB left; this data set takes 4.7 GB."},
};
static const struct simulated_error analyze_errors[] = {
    {"INVALID_GEOMETRY", "A polygon crosses itself",
     "Feature 9c41: ring self-intersection at (7.7521, 48.5734).\n"
     "312 features before it were sound. Repair the layer, or choose \"skip invalid\"."},
    {"TIMEOUT", "The analysis took too long",
     "No answer from step 'overlay' within 3600 s; the worker was stopped."},
};
static const struct simulated_error seed_errors[] = {
    {"LAYER_GONE", "The layer was deleted meanwhile",
     "Zoom level 14, tile 8531/5712: the layer no longer exists."},
    {"UPSTREAM_UNAVAILABLE", "The map service did not answer",
     "GET /tiles/14/8531/5712 -> 503 (5 attempts, last after 32 s).\n"
     "Tiles written until then stay in the cache; start the job again to go on from there."},
};
static const struct simulated_error export_errors[] = {
    {"FORMAT_LIMIT", "The format cannot hold the data",
     "Column 'désignation complémentaire' is longer than the 10 characters that the format\n"
     "allows, and two columns would get the same short name."},
};

const struct simulated_type simulated_types[] = {
    {"Load", "Loading", "Loaded", "features", 2000, 90000, LIST(load_errors)},
    {"Analyze", "Analysing", "Analysed", "zones", 20, 400, LIST(analyze_errors)},
    {"Seed", "Seeding", "Seeded", "tiles", 500, 60000, LIST(seed_errors)},
    {"Export", "Exporting", "Exported", "layers", 1, 24, LIST(export_errors)},
};
const size_t simulated_type_count = sizeof simulated_types / sizeof *simulated_types;

const char *const simulated_data_sets[] = {
    "parcels 2026",     "communes bâties", "orthophoto north", "forest inventory",
    "réseau d'eau",     "noise map",       "bus stops",        "relief 1 m",
    "flood zones",      "street lamps",    "vignobles",        "soil samples",
    "building heights", "cycle paths",     "land cover",       "zones humides",
};
const size_t simulated_data_set_count = sizeof simulated_data_sets / sizeof *simulated_data_sets;

const char *const simulated_reasons[] = {
    "wrong data set",     "started twice",  "not needed any more",
    "le mauvais dossier", "takes too long",
};
const size_t simulated_reason_count = sizeof simulated_reasons / sizeof *simulated_reasons;

void simulated_organization(unsigned organization, char out[SIMULATED_NAME_SIZE])
{
    snprintf(out, SIMULATED_NAME_SIZE, "organization-%02u", organization);
}

void simulated_member(unsigned organization, unsigned member, char out[SIMULATED_NAME_SIZE])
{
    snprintf(out, SIMULATED_NAME_SIZE, "member-%02u-%03u", organization, member);
}

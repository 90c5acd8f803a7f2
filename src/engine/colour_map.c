/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of colour maps; the colours themselves are generated (scripts/make_colour_maps.py). */
#include <stddef.h>
#include <string.h>

#include "colour_tables.h"
#include "sono_picture.h"

static const SonoColourMap ember = {"ember", sono_colours_ember};
static const SonoColourMap tide = {"tide", sono_colours_tide};
static const SonoColourMap grey = {"grey", sono_colours_grey};

const SonoColourMap *const sono_colour_maps[] = {&ember, &tide, &grey, NULL};

const SonoColourMap *sono_colour_map_find(const char *name)
{
    for (size_t i = 0; sono_colour_maps[i]; i++) {
        if (strcmp(sono_colour_maps[i]->name, name) == 0) {
            return sono_colour_maps[i];
        }
    }
    return NULL;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* analyze: what its two kinds of output share. */
#pragma once
#include "cli.h"
#include "sono_picture.h"

typedef struct AnalyzeJob {
    const CliCommand *command;
    const char *path, *output;
    SonoEngine *engine;
    const SonoPlan *plan;
    const SonoPcmReader *reader;
    double t0_s, t1_s;
    int channel; /* -1: all */
    bool json;
    /* pictures */
    int width_px, height_px;
    SonoFreqAxis axis;
    double floor_db, ceiling_db; /* NAN: from what is seen */
    const SonoColourMap *map;
    bool quick;
} AnalyzeJob;

CliExit analyze_to_png(const AnalyzeJob *job);
CliExit analyze_to_npy(const AnalyzeJob *job);

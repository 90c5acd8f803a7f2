/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that libsndfile refuses or finds empty although their sound is there. */
#pragma once
#include <sndfile.h>

/* A second view of a WAV or RF64 file that opened with 0 frames (info) because its recorder was killed before it wrote
 * the sizes: bare samples to the file's end, info->frames set. NULL: it is not such a file. The first view is dead
 * then. */
SNDFILE *codec_open_unfinished(SF_INFO *info);
/* A CAF file whose end is missing. NULL: it is not such a file; the reason libsndfile gave before stays. */
SNDFILE *codec_open_cut_caf(SF_INFO *info);

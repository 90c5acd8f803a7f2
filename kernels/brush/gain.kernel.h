/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gain: p0 dB at weight 1, proportionally less dB at lower weights. */
SONO_KFN SonoBin sono_op_gain(SonoBin z, float weight, float p0, float p1, float p2, float p3)
{
    return sono_bin_scale(z, sono_db_to_gain(p0 * weight));
}

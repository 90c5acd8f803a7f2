/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Restore: z is what has changed since an earlier state; nothing of it is left at weight 1. */
SONO_KFN SonoBin sono_op_restore(SonoBin z, float weight, float p0, float p1, float p2, float p3)
{
    return sono_bin_scale(z, 1.0f - sono_clamp01(weight));
}

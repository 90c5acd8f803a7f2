/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Weights of shapes, shared by the preview and the commit. u, v: distance from the centre in radii. */

/* One dab: 1 inside the hard radius, smoothstep to 0 at the rim of the unit ellipse, times opacity. */
SONO_KFN float sono_dab_weight(float u, float v, float hardness, float opacity)
{
    float r = SONO_KSQRT(u * u + v * v);
    float t = (1.0f - r) / SONO_KMAX(1.0f - hardness, 1e-6f);
    return opacity * sono_smoothstep01(t);
}

/* Build-up of overlapping dabs. */
SONO_KFN float sono_dab_over(float below, float dab)
{
    return below + dab - below * dab;
}

/* One edge of a box: x = signed distance inside the edge / feather (feather > 0): 0 at -1/2, 1 at +1/2. */
SONO_KFN float sono_edge_weight(float x)
{
    return sono_smoothstep01(x + 0.5f);
}

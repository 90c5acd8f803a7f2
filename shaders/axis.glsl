/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Position on the frequency axis (0 bottom, 1 top) -> Hz, as sono_freq_axis_hz. u_axis: bottom and extent on the scale of
 * its law, and the law's shift in Hz. SONO_WARP_LINEAR, SONO_WARP_LOG or SONO_WARP_RECIPROCAL says which law. */
uniform vec3 u_axis;

float axis_hz(float position)
{
    float a = u_axis.x + position * u_axis.y;
#if defined(SONO_WARP_LINEAR)
    return a;
#elif defined(SONO_WARP_LOG)
    return sono_exp2(a) - u_axis.z;
#else
    return -1.0 / min(a, -1e-9) - u_axis.z;
#endif
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Position on the frequency axis (0 bottom, 1 top) -> Hz. u_axis: bottom and extent, in Hz (linear) or in powers of two
 * (log: of Hz; mel: of 1 + f / 700, which is mel over 2595 log10(2)). */
uniform vec2 u_axis;

float axis_hz(float position)
{
    float a = u_axis.x + position * u_axis.y;
#if defined(SONO_AXIS_LINEAR)
    return a;
#elif defined(SONO_AXIS_LOG)
    return sono_exp2(a);
#else
    return 700.0 * (sono_exp2(a) - 1.0);
#endif
}

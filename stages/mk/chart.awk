# Draws lines: reads "series<TAB>x<TAB>y", writes an SVG.
#   awk -v title=... -v xlabel=... -v ylabel=... -f chart.awk
# A series is drawn in the order of its lines, and named at its end. Both axes begin at 0.
BEGIN {
    FS = "\t"
    W = 640; H = 360; L = 70; R = 150; T = 40; B = 50
    split("#1f77b4 #d62728 #2ca02c #9467bd", colour, " ")
}
NF == 3 {
    if (!($1 in number)) { number[$1] = ++n; name[n] = $1 }
    k = number[$1]
    x[k, ++points[k]] = $2; y[k, points[k]] = $3
    if ($2 > xmax) xmax = $2
    if ($3 > ymax) ymax = $3
}
# 1, 2 or 5 times a power of ten, so that four to nine of them reach max.
function step(max,   s) {
    for (s = 1; s * 10 <= max; s *= 10) ;
    for (; s * 4 > max && s > 1; s /= 10) ;
    if (max / s > 9) s *= max / s > 20 ? 5 : 2
    return s
}
function px(v) { return L + v / xtop * (W - L - R) }
function py(v) { return H - B - v / ytop * (H - T - B) }
END {
    if (n == 0 || xmax == 0 || ymax == 0) { print "chart.awk: nothing to draw" > "/dev/stderr"; exit 1 }
    xs = step(xmax); ys = step(ymax)
    xtop = xmax
    for (ytop = 0; ytop < ymax; ytop += ys) ;
    printf "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"12\">\n", W, H
    printf "<rect width=\"%d\" height=\"%d\" fill=\"white\"/>\n", W, H
    printf "<text x=\"%d\" y=\"22\" font-size=\"15\">%s</text>\n", L, title
    for (v = 0; v <= ytop; v += ys) {
        printf "<path d=\"M%d %.1fH%d\" stroke=\"#ddd\"/>\n", L, py(v), W - R
        printf "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%d</text>\n", L - 6, py(v) + 4, v
    }
    for (v = 0; v <= xtop; v += xs)
        printf "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%d</text>\n", px(v), H - B + 18, v
    printf "<path d=\"M%d %dV%dH%d\" fill=\"none\" stroke=\"black\"/>\n", L, T, H - B, W - R
    printf "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>\n", (L + W - R) / 2, H - 12, xlabel
    printf "<text transform=\"translate(16 %d) rotate(-90)\" text-anchor=\"middle\">%s</text>\n", (T + H - B) / 2, ylabel
    for (k = 1; k <= n; k++) {
        printf "<path fill=\"none\" stroke=\"%s\" stroke-width=\"2\" d=\"", colour[k]
        for (i = 1; i <= points[k]; i++) printf "%s%.1f %.1f", i == 1 ? "M" : "L", px(x[k, i]), py(y[k, i])
        print "\"/>"
        i = points[k]
        printf "<text x=\"%.1f\" y=\"%.1f\" fill=\"%s\">%s</text>\n", px(x[k, i]) + 6, py(y[k, i]) + 4, colour[k], name[k]
    }
    print "</svg>"
}

#pragma once
/// The style sheet of documents, for screen and paper. Its digest stands in the security policy of
/// every HTML file, hence it is the same for all.

#include <string_view>

namespace casebook::documents {

// Colours on white: text 16:1, faint 7:1, accent 8:1, warning 8:1 (WCAG wants 4.5:1).
inline constexpr std::string_view kHtmlStyle = R"css(
:root{color-scheme:light}
*{box-sizing:border-box}
body{margin:0 auto;max-width:52rem;padding:1.5rem;background:#fff;color:#1a1d21;
 font:1rem/1.5 "DejaVu Sans",Verdana,"Segoe UI",system-ui,sans-serif}
code,pre,.hash{font-family:"DejaVu Sans Mono",Consolas,Menlo,monospace;font-size:.88em}
h1,h2,h3,h4,h5{line-height:1.25;margin:1.6em 0 .5em;break-after:avoid;overflow-wrap:anywhere}
h1{font-size:1.7rem;margin-top:.4em}h2{font-size:1.35rem;border-bottom:1px solid #cdd2d8;padding-bottom:.2em}
h3{font-size:1.12rem}h4,h5{font-size:1rem}
p,li,dd{overflow-wrap:anywhere;orphans:2;widows:2}
p{margin:.5em 0 .8em}
a{color:#1f4e8c}
.marking{display:flex;flex-wrap:wrap;gap:.3em 1.5em;margin:0 0 1rem;font-size:.85rem;font-weight:bold;color:#555b63}
.draft{color:#8a3b00}
.subtitle{font-size:1.1rem;color:#555b63;margin-top:-.3em}
dl{display:grid;grid-template-columns:minmax(8rem,14rem) 1fr;gap:.25rem 1rem;margin:.6em 0 1em}
dt{font-weight:bold;overflow-wrap:anywhere}dd{margin:0}
.title{border-bottom:3px solid #1f4e8c;margin-bottom:1.5rem;padding-bottom:.5rem}
nav ol{list-style:none;padding:0}nav li{margin:.15em 0}nav .l2{padding-left:1.5em}
.source{font-size:.85em;color:#555b63;white-space:normal}
.hidden{font-family:"DejaVu Sans Mono",Consolas,monospace;font-size:.8em;border:1px solid #8a3b00;
 border-radius:2px;color:#8a3b00;padding:0 .15em}
.wide{overflow-x:auto;margin:.8em 0 1.2em}
table{border-collapse:collapse;min-width:60%;font-size:.88rem}
caption{text-align:left;font-weight:bold;padding:.2em 0 .4em;break-after:avoid}
th,td{text-align:left;vertical-align:top;padding:.3em .6em .3em 0;border-bottom:1px solid #cdd2d8}
thead{display:table-header-group}thead th{border-bottom:2px solid #1a1d21;vertical-align:bottom}
tr{break-inside:avoid}
td.text{overflow-wrap:anywhere;min-width:5em}
td.number,th.number{text-align:right;font-variant-numeric:tabular-nums}
td.time{white-space:nowrap;font-variant-numeric:tabular-nums}
td.hash{overflow-wrap:normal;word-break:keep-all;hyphens:none}
pre{background:#f0f3f6;padding:.7em .9em;white-space:pre-wrap;overflow-wrap:anywhere;border-left:3px solid #cdd2d8}
figure{margin:1em 0 1.4em}figcaption{font-weight:bold;margin-bottom:.4em}
svg{display:block;width:100%;height:auto;break-inside:avoid;font-family:"DejaVu Sans",Verdana,sans-serif}
.notice{border-left:4px solid #1f4e8c;background:#f0f3f6;padding:.6em 1em;margin:1em 0;break-inside:avoid}
.notice.warning,.notice.legal{border-left-color:#8a3b00}
.notice p{margin:.3em 0}.notice .tone{font-weight:bold}
.footnote{font-size:.85rem;color:#3a3f45;margin:.4em 0}
.footnote p{margin:0}
footer{margin-top:3rem;padding-top:.5rem;border-top:1px solid #cdd2d8;font-size:.8rem;color:#555b63}
.break{break-before:page;border:0;margin:0;height:0}
@media (max-width:40rem){dl{grid-template-columns:1fr}dd{margin-bottom:.5em}}
@page{size:A4;margin:18mm 18mm 20mm;@bottom-right{content:counter(page) " / " counter(pages);font-size:8pt;color:#555b63}}
@media print{body{max-width:none;padding:0;font-size:9.5pt}.wide{overflow:visible}a{color:inherit;text-decoration:none}
 footer{break-inside:avoid}.notice,pre{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
)css";

}  // namespace casebook::documents

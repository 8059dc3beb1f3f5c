/**
 * Styles of pages of reports: on screens from phones up, light and dark, and on paper.
 *
 * @module
 */
import { MARGIN } from "../page.ts";
import { FONT } from "../text.ts";
import { THEMES } from "../theme.ts";

const { background, text, muted, grid, surface, series, right } = THEMES.auto;

/** The style of a page. */
export const STYLE: string = `
:root{color-scheme:light dark;--line:${grid};--muted:${muted};--surface:${surface};
--accent:${right};--wrong:${series[1]}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%;scroll-padding-top:5rem}
body{margin:0;background:${background};color:${text};font:16px/1.55 ${FONT};
overflow-wrap:anywhere}
header.page,nav,main,footer{max-width:62rem;margin:0 auto;padding:0 clamp(1rem,4vw,2rem)}
header.page{padding-top:clamp(1.2rem,4vw,2.6rem)}
h1{font-size:clamp(1.6rem,5vw,2.3rem);line-height:1.2;margin:0 0 .3rem}
h2{font-size:1.3rem;line-height:1.3;margin:0 0 .8rem}
p{margin:0 0 .9rem;max-width:44rem}
.about,figcaption,caption,footer{color:var(--muted)}
nav ul{list-style:none;margin:1rem 0 0;padding:0;display:flex;flex-wrap:wrap;gap:.4rem .5rem}
nav a{display:block;padding:.25rem .7rem;border:1px solid var(--line);border-radius:1rem;
color:inherit;text-decoration:none;font-size:.9rem}
nav a:hover{border-color:var(--accent);color:var(--accent)}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
section{padding:1.6rem 0;border-bottom:1px solid var(--line)}
section:last-child{border-bottom:0}
figure{margin:0 0 1.2rem;min-width:0}
figcaption{font-size:.88rem;margin-top:.4rem;max-width:44rem}
.scroll{overflow-x:auto;max-width:100%}
figure>.scroll{margin-left:-${MARGIN}px;max-width:calc(100% + ${MARGIN}px)}
.scroll>svg{display:block;height:auto;width:100%;max-width:calc(var(--w)*1.12);
min-width:min(var(--w),max(18rem,calc(var(--w)*.82)))}
.row{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,25rem),1fr));gap:0 1.2rem}
.beside{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,25rem),1fr));gap:0 1.2rem}
.beside>div{min-width:0}
table{border-collapse:collapse;min-width:min(100%,28rem);overflow-wrap:break-word;font-size:.92rem;font-variant-numeric:tabular-nums;margin:0 0 1rem}
caption{text-align:left;padding-bottom:.4rem}
th,td{text-align:left;padding:.3rem .8rem .3rem 0;border-bottom:1px solid var(--line);
vertical-align:top}
th{font-weight:600;color:var(--muted)}
.number{text-align:right;white-space:nowrap}
dl{margin:0 0 1rem}dd{margin:0}
.facts>div{display:flex;flex-wrap:wrap;gap:0 1rem;padding:.28rem 0;
border-bottom:1px solid var(--line);font-size:.95rem}
.facts dt{flex:0 0 12rem;color:var(--muted)}
.facts dd{flex:1 1 14rem}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(8.5rem,1fr));gap:.8rem}
.tiles>div{background:var(--surface);border-radius:.6rem;padding:.7rem .9rem}
.tiles dt{color:var(--muted);font-size:.85rem}
.tiles dd{font-size:1.45rem;font-weight:600;font-variant-numeric:tabular-nums}
pre{background:var(--surface);border-radius:.6rem;padding:.8rem 1rem;overflow-x:auto;
font:.9rem/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
footer{padding-top:1rem;padding-bottom:2rem;font-size:.85rem}
@media print{
:root,svg{color-scheme:light!important}
body{font-size:11pt}
nav,.live{display:none}
.scroll,pre{overflow:visible}
.scroll>svg{min-width:0;max-width:min(100%,var(--w)*1.12)}
.row,.beside{grid-template-columns:repeat(auto-fit,minmax(min(100%,17rem),1fr))}
figure,tr,.tiles,.facts>div{break-inside:avoid}
h2{break-after:avoid}
section{padding:1rem 0}
}`;

/** Further styles of the page of a training under way. */
export const LIVE_STYLE: string = `
.live{position:sticky;top:0;z-index:1;background:${surface};border-bottom:1px solid var(--line)}
.live>div{max-width:62rem;margin:0 auto;padding:.6rem clamp(1rem,4vw,2rem);display:flex;
flex-wrap:wrap;gap:.3rem 1rem;align-items:center}
.live p{margin:0}
#_state{font-weight:600}
#_progress{flex:1 1 14rem;font-size:.9rem;font-variant-numeric:tabular-nums}
#_progress progress{display:block;width:100%;height:.5rem;accent-color:var(--accent)}
.live button{font:inherit;font-size:.95rem;min-height:2.4rem;padding:.2rem 1rem;
border:1px solid var(--muted);border-radius:.5rem;background:${background};color:inherit;
cursor:pointer}
.live button:hover{border-color:var(--accent);color:var(--accent)}
.live button:disabled{opacity:.5;cursor:default}
#_notice{flex-basis:100%;color:var(--wrong)}
#_notice:empty,[hidden]{display:none!important}`;

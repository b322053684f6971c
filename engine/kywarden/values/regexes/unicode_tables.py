"""Unicode as Go's `unicode` package knows it (version 15.0.0): generated tables, in base 36.

The interpreter in the module has no `unicodedata`, and Go's version of Unicode is what counts. Scripts whose name has
an underscore are missing: Go compares names without underscores, so it does not find them either.

CATEGORY_RUNS: all code points from 0 on, run by run: a category's letter (CATEGORIES) and the run's length if not 1.
SCRIPT_RUNS: for each script its ranges: distance from the end of the one before, `.` and size minus 1 if not 0.
FOLD_PAIRS: characters that differ in case only: lower, upper code point, how many such pairs follow, their stride.
FOLD_ORBITS: the same where more than two characters belong together.
ALIASES: long names of categories, in the spelling in which names are compared.
"""

VERSION = "15.0.0"

CATEGORIES = {
    "A": "Cc",
    "B": "Cf",
    "C": "Cn",
    "D": "Co",
    "E": "Cs",
    "F": "Ll",
    "G": "Lm",
    "H": "Lo",
    "I": "Lt",
    "J": "Lu",
    "K": "Mc",
    "L": "Me",
    "M": "Mn",
    "N": "Nd",
    "O": "Nl",
    "P": "No",
    "Q": "Pc",
    "R": "Pd",
    "S": "Pe",
    "T": "Pf",
    "U": "Pi",
    "V": "Po",
    "W": "Ps",
    "X": "Sc",
    "Y": "Sk",
    "Z": "Sm",
    "!": "So",
    "#": "Zl",
    "$": "Zp",
    "%": "Zs",
}

ALIASES = {
    "Casedletter": "LC",
    "Closepunctuation": "Pe",
    "Combiningmark": "M",
    "Connectorpunctuation": "Pc",
    "Control": "Cc",
    "Currencysymbol": "Sc",
    "Dashpunctuation": "Pd",
    "Decimalnumber": "Nd",
    "Enclosingmark": "Me",
    "Finalpunctuation": "Pf",
    "Format": "Cf",
    "Initialpunctuation": "Pi",
    "Letter": "L",
    "Letternumber": "Nl",
    "Lineseparator": "Zl",
    "Lowercaseletter": "Ll",
    "Mark": "M",
    "Mathsymbol": "Sm",
    "Modifierletter": "Lm",
    "Modifiersymbol": "Sk",
    "Nonspacingmark": "Mn",
    "Number": "N",
    "Openpunctuation": "Ps",
    "Other": "C",
    "Otherletter": "Lo",
    "Othernumber": "No",
    "Otherpunctuation": "Po",
    "Othersymbol": "So",
    "Paragraphseparator": "Zp",
    "Privateuse": "Co",
    "Punctuation": "P",
    "Separator": "Z",
    "Spaceseparator": "Zs",
    "Spacingmark": "Mc",
    "Surrogate": "Cs",
    "Symbol": "S",
    "Titlecaseletter": "Lt",
    "Unassigned": "Cn",
    "Uppercaseletter": "Lu",
    "Cntrl": "Cc",
    "Digit": "Nd",
    "Punct": "P",
}

CATEGORY_RUNS = (
    "Aw%V3XV3WSVZVRV2NaV2Z3V2JqWVSYQYFqWZSZAx%VX4!VY!HUZB!Y!ZP2YFV2YPHTP3VJnZJ7FoZF8JFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJ"
    "FJFJFJFJFJFJFJFJFJFJFJF2JFJFJFJFJFJFJFJF2JFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJ2FJFJF3J2FJFJ2FJ3F2J4FJ2"
    "FJ3F3J2FJ2FJFJFJ2FJF2JFJ2FJ3FJFJ2F2HJF3H4JIFJIFJIFJFJFJFJFJFJFJFJF2JFJFJFJFJFJFJFJFJF2JIFJFJ3FJFJFJFJFJFJFJFJFJF"
    "JFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJF7J2FJ2F2JFJ4FJFJFJFJF1xHFrGiY4GcYeG5Y7GYGYhM34JFJFGYJFC2GF3VJC4Y2JVJ3CJC"
    "J2FJhCJ9FzJF2J3F3JFJFJFJFJFJFJFJFJFJFJFJF5JFZJFJ2F2J1fF1cJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJF!M5L2JFJFJFJFJFJFJFJF"
    "JFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJ2FJFJFJFJFJFJF2JFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJF"
    "JFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFCJ12C2GV6F15VRC2!2XCM19RMVM2VM2VMC8HrC4H4V2CbB6Z3V2XV2!2MbVBV3HwGHaMlNaV4H"
    "2MH2rVHM7B!M6G2M2!M4H2NaH3!2HVeCBHMHuMrC2H2hMbHCeNaHxM9G2!V3GC2MX2HmM4GM9GM3GM5C2VfCHpM3C2VCHbC5HoYH6CB2C6M8H15G"
    "MoBMwKH1iMKMHK3M8K4MK2HM7HaM2V2NaVGHfMK2CH8C2H2C2HmCH7CHC3H4C2MHK3M4C2K2C2K2MHC8KC4H2CH3M2C2NaH2X2P6!XHVMC2M2KCH"
    "6C4H2C2HmCH7CH2CH2CH2C2MCK3M2C4M2C2M3C3MC7H4CHC7NaM2H3MVCaM2KCH9CH3CHmCH7CH2CH5C2MHK3M5CM2KCK2MC2HCfH2M2C2NaVXC7"
    "HM6CMK2CH8C2H2C2HmCH7CH2CH5C2MHKMKM4C2K2C2K2MC7M2KC4H2CH3M2C2Na!HP6CaMHCH6C3H3CH4C3H2CHCH2C3H2C3H3C3HcC4K2MK2C3K"
    "3CK3MC2HC6KCeNaP3!6X!C5MK3MH8CH3CHnCHgC2MHM3K4CM3CM4C7M2CH3C2HC2H2M2C2NaC7VP7!HMK2VH8CH3CHnCHaCH5C2MHKMK5CMK2CK2"
    "M2C7K2C6H2CH2M2C2NaCH2KCcM2K2H9CH3CH15M2HK3M4CK3CK3MH!C4H3KP7H3M2C2NaP9!H6CMK2CHiC3HoCH9CHC2H7C3MC4K3M3CMCK8C6Na"
    "C2K2VCcH1cMH2M7C4XH6GM8VNaV2C11H2CHCH5CHoCHCHaMH2M9HC2H5CGCM7CNaC2H4CwH!3Vf!V!3M2!6NaPa!M!M!MWSWSK2H8CH10C4MeKM5"
    "VM2H5MbCM10C!8M!6C!2V5!4V2C11H17K2M4KM6KM2K2M2HNaV6H6K2M2H4M3HK3H2K7H3M4HdMK2M2K6MHKNaK3M!2J12CJC5JC2F17VGF3H95C"
    "H4C2H7CHCH4C2H15CH4C2HxCH4C2H7CHCH4C2HfCH1lCH4C2H1vC2M3V9PkC3Hg!aC6J2eC2F6C2RHh8!VHh%HqWSC3H23V3O3H8C7HiM3KC9HjM"
    "2KV2C9HiM2CcHdCH3CM2CcH1gM2KM7K8MK2MbV3GV3XHMC2NaC6PaC6V6RV4M3BMNaC6HzGH1hC7H5M2HyMHC5H1yCaHvCM3K4M2K3C4K2MK6M3C"
    "4!C3V2NaHuC2H5CbH18C4HqC6NaPC3!yHnM2K2MC2V2H1hKMKM7CMKMK2M8K6MaC2MNaC6NaC6V7GV6C2MeLMgC1dM4KH1bMKM5KMK5MK2H8C3Na"
    "V7!aM9!9V2CM2KHuKM4K2M2KM3H2NaH18MKM2K3MKM3K2C8V4H10K8M8K2M2C3V5NaC3H3NaHuG6V2F9C7J17C2J3V8C8M3VMdKM7H4MH6MH2KM2"
    "HC5F18G1rFdGFyG11M1sJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJF"
    "JFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJF9JFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJ"
    "FJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJF9J8F6C2J6C2F8J8F8J8F6C2J6C2F8CJCJCJCJF8J8FeC2F8I8F8I8F8I8F5CF2J4IYF"
    "Y3F3CF2J4IY3F4C2F2J4CY3F8J5Y3C2F3CF2J4IY2C%bB5R6V2UTWU2TWUV8#$B5%V9UTV4Q2V3ZWSVbZVQVa%B5CBaPGC2P6Z3WSGPaZ3WSCGdC"
    "3XxCfMdL4ML3McCf!2J!4J!2FJ3F2J3F!J!2ZJ5!6J!J!J!J4!FJ4FH4F!2F2J2Z5JF4!Z!2F!PgOzJFO4P!2C4Z5!5Z2!4Z!2Z!2Z!7Z!vZ2!2Z"
    "!Z!vZ7g!8WSWS!kZ2!7WS!29Z!uZp!14Z6!1xCp!bClP1o!26Pm!53Z!9Z!1iZ8!33Z!6wWSWSWSWSWSWSWSPu!18Z5WSZvWSWSWSWSWSZg!74Z3"
    "nWSWSWSWSWSWSWSWSWSWSWSZ1rWSWSZwWSZ76!1cZl!2Z6!13C2!wC!2xJ1cF1cJFJ3F2JFJFJFJ4FJF2JF6G2J3FJFJFJFJFJFJFJFJFJFJFJFJ"
    "FJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJF2!6JFJFM3JFC5V4PV2F12CFC5FC2H1kC7GVCe"
    "MHnC9H7CH7CH7CH7CH7CH7CH7CH7CMwV2UTUTV3UTVUTV9RV2RVUTV2UTWSWSWSWSV5GVaR2V4RVWVd!2V3WSWSWSWSRCy!qC!2hCc!5yCq!cC4%"
    "V3!GHOWSWSWSWSWS!2WSWSWSWSRWS2!O9M4K2RG5!2O3GHV!2CH2eC2M2Y2G2HRH2iVG3HC5H17CH2mC!2P4!aHw!10CcHg!vCPa!uP8!Pf!wPa!"
    "13Pf!8wH534!1sHg7pGHvrC3!1jC9H14G6V2H7gGV3HgNaH2CkJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFHML3VMaVGJFJFJFJ"
    "FJFJFJFJFJFJFJFJFJFJFG2M2H1yOaM2V6C8YnG9Y2JFJFJFJFJFJFJF3JFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJFJ"
    "FJFJFJFGF8JFJFJ2FJFJFJFJFGY2JFJFHJFJF3JFJFJFJFJFJFJFJFJFJFJ5FJ5FJFJFJFJFJFJFJFJ4FJFC5JFCFCFJFJFCoG3JFHG2FH7MH3MH"
    "4MHnK2M2K!4MC3P6!2X!C6H1gV4C8K2H1eKgM2C8V2NaC6MiH6V3HVH2MNaHsM8V2HnMbK2CbVHtC3M3KH1bMK2M4K2M2K3VdCGNaC4V2H5MGH9N"
    "aH5CH15M6K2M2K2M2C9H3MH8MKC2NaC2V4HgGH6!3HKMKH1eMHM3H2M2H5M2HMHCoH2GV2HbKM2K2V2HG2KMCaH6C2H6C2H6C9H7CH7CF17YG4F9"
    "GY2C4F28HzK2MK2MK2VKMC2NaC6H8mcCcHnC4H1dC4E1kwD4xsHa6C2H2yC12F7CcF5C5HMHaZHdCH5CHCH2CH2CH30YhCgHa3SW!gH1sC2H1iC7"
    "!CwHcX!3MgV7WSVC6MgVR2Q2WSWSWSWSWSWSWSWSV2WSV4Q3V3CV4RWSWSWSV3ZRZ3CVXV2C4H5CH3rC2BCV3XV3WSVZVRV2NaV2Z3V2JqWVSYQY"
    "FqWZSZWSVWSV2HaGH19G2HvC3H6C2H6C2H6C2H3C3X2ZY!X2C!Z4!2CaB3!2C2HcCHqCHjCH2CHfC2HeCyH3fC5V3C4P19C3!9O1hP4!hP2!3C!d"
    "C3!C1b!19MC3mHtC3H1dCfMPrC4HwP4C9HkOH8OC5H12M5C5HuCVH10C4H8VO5C16J14F14H26C2NaC6J10C4F10C4H14C8H1gCbVJbCJfCJ7CJ2"
    "CFbCFfCF7CF2C1vH8nC9HmCaH8CoG6CG16CG9C1xH6C2HCH18CH2C3HC2HnCVP8Hn!2P7HvC8P9C1cHjCH2C5P5HmP6C3VHqC5VC1sH1kC4P2H2P"
    "gC2P1aHM3CM2C5M4H4CH3CHtC2M3C4MP9C7V9C7HtP2VHtP3CwH8!HsM2C4P5V7C9H1iC3V7HmC2P8HjC5P8HiC7V4CcP7C28H21C1jJ1fCdF1fC"
    "7P6H10M4C8NaC86PvCH16CM2RC2H2C23M3HtPaHC8HmMbP4V5CmHiM4V4C12HlP7CkHnC9KMKH1hMfV7C4PkNaMH2M2HC9M3KH19K3M4K2M2V2BV"
    "4MCaBC2HpC7NaC6M3H10M5KM8CNaV4HK2HC8HzMV2HC9M2KH1cK3M9K2H4V4M4VKMNaHVHV3CPkCbHiCHpK3M3K2MKM2V6MH2MC1qH7CHCH4CHfC"
    "HaVC6H1bMK3M8C5NaC6M2K2CH8C2H2C2HmCH7CH2CH5CM2HK2MK4C2K2C2K3C2HC6KC5H5K2C2M7C3M5C3vH1hK3M8K2M3KMH4V5NaV2CVMH3CuH"
    "1cK3M6KMK4M2KM2H2VHC8NaC4mH1bK3M4C2K4M2KM2VnH4M2CyH1cK3M8K2MKM2V3HCbNaC6VdCjH17MKMK2M6KMHVC6NaC1iHrC2M3K2M4KM5C4"
    "NaP2V3!H7C55H18K3M9KM2VC2sJwFwNaP9CcH8C2HC2H8CH2CHoK6CK2C2M2KMHKHKMV3C9NaC1yH8C2H13K3M4C2M2K4MHVHKCrHMaH14M6KHM4"
    "V8MC8HM6K2M3H1aMdKM2V3HV5CdH21C7VaC6uH9CH11KM7CM6KMHV5CaNaPjC3V2HuC2MmCKM7KM2KM2C21H7CH2CH12M6C3MCM2CM7HMC8NaC6H"
    "6CH2CHwK5CM2CK2MKMHC7NaC8mHjM2K2V2C7M2HKHdCHyK2M5C3K2MKMVdNaC2eHCfPl!8X4!hCdVHpmC2uO33CV5CbH5gC218H2pV2CdHtsBgMH"
    "6MfC33eHg7C6ntHftC7HvCNaC4V2H27CNaC6HuC2M5VCaH1cM7V5!4G4V!CaNaCP7CHlC5HjCj4JwFwPnV4C2tH23C4MHK1jC7M4GdC1sG2VGMCb"
    "K2CeH4qgC8HyeC16H9C6w7G4CG7CG2CH83CfHCtH3C2HCeH4C8Hb0C1s4H2zC5HdC3H9C7HaC2!M2VB4C3mkM1aC2MnC9!38C1o!6uCa!13C2!1o"
    "K2M3!3K6B8M8!2M7!uM4!1pCl!1uM3!C3ePkCcPkCc!2fC9PpC3rJqFqJqF7CFiJqFqJCJ2C2JC2J2C2J4CJ8F4CFCF7CFbJqFqJ2CJ4C2J8CJ7C"
    "FqJ2CJ4CJ5CJC3J7CFqJqFqJqFqJqFqJqFqJqFqJqFsC2JpZFpZF6JpZFpZF6JpZFpZF6JpZFpZF6JpZFpZF6JFC2N1e!e8M1j!4M1e!8M!eM!2V"
    "5CfM5CMfCuoFaHFkC6F6C5xM7CMhC2M7CM2CM5C5G1qCxMC34H19C3M7G7C2NaC4H!C8wHuMChH18M4NaC5XCcwHrGM4NaCkmH7CH4CH2CHfCH5h"
    "C2P9M7C15JyFyM7GC4NaC4V2CltP1n!P3XP4C24P19!PfC5eH4CHrCH2CHC2HCHaCH4CHCHC6HC4HCHCHCH3CH2CHC2HCHCHCHCHCH2CHC2H4CH7"
    "CH4CH4CHCHaCHhC5H3CH5CHhC1gZ2C7i!18C4!2sCc!fC2!fC!fC!11CaPd!4hC1k!tCd!18C4!9C7!2Ce!6C4a!6zY5!k8C4!hC3!dC3!3bC4!2"
    "nC6!cC4!Cf!cC4!1kC8!aC6!14C8!uC2!2C26!9gCc!eC2!dC3!9C7!1aC!7C8!eC4!9C7!9C7!43C!1jC11NaCsmHwyoCwH37eC6H66C2H4g2Ce"
    "H5rlC2e7Hf2C15uH3t7C5H38gCf975BCuB2oC3kM6oC1e6oD1ekeC2D1ekeC2"
)

SCRIPT_RUNS = (
    "Adlam=2olc.23,5.9,5.1 Ahom=1j40.q,3.e,5.m "
    "Arabic=16o.4,2.5,2.d,2.2,2.v,2.9,c.p,2.2z,2.x,29.1b,6p.u,2.1,7.21,2.s,1bv5.36,h.a2,3.27,3.1h,8,x.f,35.4,2.3q,31g"
    ".u,3j.2,181t.3,2.q,2.1,2,3,2.9,2.3,2,2,7,5,2,2,2.2,2.1,2,3,2,2,2,2,2.1,2,3.3,2.6,2.3,2.3,2,2.9,2.g,6.2,2.4,2.g,1"
    "h.1 "
    "Armenian=10x.11,3.1d,3.2,1chw.4 Avestan=1gqo.1h,4.6 Balinese=5c0.24,4.1a Bamum=www.2f,124p.fs Batak=5hc.1f,9.3 "
    "Bengali=1vk.3,2.7,3.1,3.l,2.6,2,4.3,3.8,3.1,3.3,9,5.1,2.4,3.o Bhaiksuki=1k3k.8,2.18,2.d,b.s "
    "Bopomofo=kq.1,93u.16,35.v Brahmi=1hq8.25,5.z,a Braille=7wg.73 Buginese=54w.r,3.1 Buhid=4lc.j Carian=1f34.1c "
    "Chakma=1hxc.1g,2.h Cham=xkw.1i,a.d,3.9,3.3 Cherokee=3vk.2d,3.5,twz.27 Chorasmian=1ho0.r "
    "Common=0.1s,r.5,r.1a,2.e,2.4,o,w,ci.12,6.4,3.j,39,a,7,2,hq,7,f,4,x,4d,ed,3m.1,yi,ba.3,83,168.2,20.1,5o.1,2,y6,e,"
    "8.3,2.5,2.2,3,li.b,3.2e,2.a,4.a,2.e,i.w,1s.11,2.2,3.5,2.q,2.g,16.2,5.ie,q.a,m.pr,75.hf,3.v,2.2w,e9.2l,b7.b,5.4,2"
    ",2.o,g.7,5.3,2k.1,4,2j.1,44.f,x.z,1p.1r,w.28,1c,2h.4n,535.1r,hkx.x,2v.2,4m.9,6t,4h,b0,f.1,g5v.1,5t.9,n.y,2.i,2.3"
    ",44,2.v,r.5,r.a,b,1a.1,1t.6,2.6,b.4,77.2,5.18,4.8,29.c,1g.18,6d.q,10o5.3,3ot.37,1p.6t,b.12,3.1p,4.g,9.1,8.t,5.1o"
    ",5y.j,d.j,d.2e,a.o,3s.2c,2.1y,2.1,3,3.1,3.3,2.b,2,2.6,2.1s,2.3,3.7,2.6,2.r,2.3,2.4,2,4.6,2.9f,3.83,3.1d,41e.1v,2"
    "5.1o,jn.17,5.2r,d.e,3.e,2.e,2.10,b.4t,1l.p,2.1,e.17,5.8,8.1,f.5,4b.rb,5.g,4.c,4.3a,5.2m,7.b,5,g.b,5.1j,9.9,7.13,"
    "9.t,3.1,27.9f,d.d,3.c,4.8,8.19,2.6,9.d,5.8,8.8,8.42,2.1i,12.9,gvm0,v.2n "
    "Coptic=rm.d,80h.37,6.6 Cuneiform=1kw0.pl,2v.32,2.4,c.5f Cypriot=1g5c.5,3,2.17,2.1,4,3 "
    "Cyrillic=sg.3o,3.4o,4lt.8,4j,25,38o.v,nr5.2n,han.1,18n5.1p,y Deseret=1fcw.27 "
    "Devanagari=1s0.28,5.e,3.p,vhd.v,mip.9 Dogra=1jb4.1n Duployan=2fpc.2y,6.c,4.8,8.9,3.3 Elbasan=1fk0.13 "
    "Elymaic=1hpc.m "
    "Ethiopic=3k0.20,2.3,3.6,2,2.3,3.14,2.3,3.w,2.3,3.6,2,2.3,3.e,2.1k,2.3,3.1u,3.v,4.p,547.m,a.6,2.6,2.6,2.6,2.6,2.6"
    ",2.6,2.6,opv.5,3.5,3.5,a.6,2.6,1qk2.6,2.3,2.1,2.e "
    "Georgian=3a8.11,2,6,3.16,2.3,2a9.16,3.2,37l.11,2,6 Glagolitic=8ow.2n,2e1t.6,2.g,3.6,2.1,2.4 Gothic=1f74.q "
    "Grantha=1ibk.3,2.7,3.1,3.l,2.6,2.1,2.4,3.8,3.1,3.2,3,7,6.6,3.6,4.4 "
    "Greek=og.3,2.2,3.3,2,5,2,2.2,2,2.j,2.1q,f.f,4yv.4,1f.4,5.4,2d,8x.l,3.5,3.11,3.5,3.7,2,2,2,2.u,3.1g,2.e,2.d,3.5,2"
    ".i,3.2,2.8,88,rb3,gyj.26,i,155s.1x "
    "Gujarati=22p.2,2.8,2.2,2.l,2.6,2.1,2.4,3.9,2.2,2.2,3,g.3,3.b,8.6 "
    "Gurmukhi=1z5.2,2.5,5.1,3.l,2.6,2.1,2.1,2.1,3,2.4,5.1,3.2,4,8.3,2,8.g "
    "Han=96o.p,2.2g,d.5x,1c,2,q.8,f.3,qt.533,1t.g73,hkx.a5,3.2x,n49.1,d.1,sgf.wyn,x.37d,7.65,3.4g1,f.5rk,2e8.f1,15v.3"
    "t6,6.38f "
    "Hangul=3cw.73,5yn.1,76.2l,36.u,1u.u,nhe.s,hw.8mb,d.m,5.1c,7tx.u,4.5,3.5,3.5,3.2 Hanunoo=4kg.k "
    "Hatran=1gbk.i,2.1,6.4 Hebrew=13l.1i,9.q,5.5,1cfd.p,2.4,2,2.1,2.1,2.9 Hiragana=9j5.2d,7.2,23qa.7y,j,u.2,cry "
    "Inherited=lc.33,7q.1,cl.a,r,kh.3,3fg.u,ea.2,2.c,2.6,5,7,4.1,5j.1r,el.1,5f.w,30a.3,30.1,14km.f,h.d,r4,6b,38b,1139"
    ".19,3.m,f5.2,i.7,3.6,v.3,h45v.6n "
    "Javanese=xhc.25,3.9,5.1 Kaithi=1hts.1u,b Kannada=2gw.c,2.2,2.m,2.9,2.4,3.8,2.2,2.3,8.1,7.1,2.3,3.9,2.2 "
    "Katakana=9lt.2h,3.2,6p.f,5t.1a,2.2f,14b3.9,2.18,ytv.3,2.6,2.1,2,80.2,1f,f.3 Kawi=1kow.g,2.14,4.r "
    "Kharoshthi=1gjk.3,2.1,6.7,2.2,2.s,3.2,5.9,8.8 Khmer=4n4.2l,3.9,7.9,dj.v Khojki=1i4g.h,2.1a Khudawadi=1i9c.1m,6.9 "
    "Lao=2v5.1,2,2.4,2.n,2,2.m,3.4,2,2.6,2.9,3.3 "
    "Latin=1t.p,7.p,1c,g,6.m,2.u,2.cg,14.4,55o.11,7.1c,6.3,6.c,2.1x,1u.73,aa,e,h.c,3y.1,7,s,i.14,254.v,o83.2t,4.1r,6."
    "1,2,2.4,p.d,mp.16,2.8,2.3,fpz.6,t7.p,7.p,1ly.5,2.15,2.8,16iu.u,7.5 "
    "Lepcha=5j4.1j,4.e,4.2 Limbu=4xs.u,2.b,5.b,5,4.b Lisu=wk0.1b,o8h Lycian=1f28.s Lydian=1gdc.p,6 Mahajani=1hzk.12 "
    "Makasar=1ko0.o Malayalam=2kg.c,2.2,2.1e,2.2,2.5,5.f,3.p Mandaic=1mo.r,3 Manichaean=1gow.12,5.b "
    "Marchen=1k6o.v,3.l,2.d Medefaidrin=20cg.2i Miao=20hs.22,5.1k,8.g Modi=1iww.1w,c.9 "
    "Mongolian=4qo.1,3,2.j,7.2g,8.16,1e46.c Mro=1zk0.u,2.9,5.1 Multani=1i80.6,2,2.3,2.e,2.a Myanmar=35s.4f,u9t.u,2q.v "
    "Nabataean=1g8w.u,9.8 Nandinagari=1jmo.7,3.19,3.a Newa=1iio.2j,2.4 Nko=1j4.1m,3.2 Nushu=20o1,cy7.az Ogham=4g0.s "
    "Oriya=269.2,2.7,3.1,3.l,2.6,2.1,2.4,3.8,3.1,3.2,8.2,5.1,2.4,3.h Osage=1fhs.z,5.z Osmanya=1fgg.t,3.9 "
    "Palmyrene=1g80.v Phoenician=1gcg.r,4 Rejang=xf4.z,c Runic=4gw.22,4.a Samaritan=1kw.19,3.e Saurashtra=xa8.1x,9.b "
    "Sharada=1i0w.2n Shavian=1ff4.1b Siddham=1itc.1h,3.11 Sinhala=2o1.2,2.h,4.n,2.8,2,3.6,4,5.5,2,2.7,7.9,3.2,1fcd.j "
    "Sogdian=1hkg.15 Soyombo=1jrk.2a Sundanese=5fk.1r,75.7 Syriac=1ds.d,2.1n,3.2,7l.a Tagalog=4jk.l,a "
    "Tagbanwa=4m8.c,2.2,2.1 Takri=1j0g.1l,7.9 "
    "Tamil=29u.1,2.5,4.2,2.3,4.1,2,2.1,4.1,4.2,4.b,5.4,4.2,2.3,3,7,f.k,1ih2.1d,e Tangsa=1zlc.26,2.9 "
    "Tangut=20o0,w.4qf,9.lb,e9.8 Telugu=2dc.c,2.2,2.m,2.f,3.8,2.2,2.3,8.1,2.2,3,3.3,3.9,8.8 Thaana=1hc.1d "
    "Thai=2rl.1l,6.r Tibetan=2yo.1z,2.z,5.12,2.z,2.e,2.6,5.1 Tifinagh=8xc.1j,8.1,f Tirhuta=1im8.1z,9.9 Toto=2nbk.u "
    "Ugaritic=1f9c.t,2 Vai=wlc.8b Vithkuqi=1fn4.a,2.e,2.6,2.1,2.a,2.e,2.6,2.1 Wancho=2ncw.1l,6 Yezidi=1hfk.15,2.2,3.1 "
    "Yi=vls.wc,4.1i"
)

FOLD_PAIRS = (
    "1t,2p,a 24,30,8,2 25,31,3,2 2d,39,3,2 5c,68,g,2 5d,69,2,2 5j,6f,8,2 61,6x,3,2 67,61q 73,ag 74,75,o,2 8i,8j,3,2 "
    "8p,8q,8,2 96,97,n,2 ah,ai,3,2 ao,g3 ap,gj aq,ar,2,2 au,gk av,aw ax,gm,2 az,b0 b2,d9 b3,gp b4,gr b5,b6 b7,gw "
    "b8,gz b9,dy ba,h5 bb,h4 bc,bd be,fx bg,hb bh,he bi,f4 bj,hh bk,bl,3,2 bq,hs br,bs bt,hv bw,bx by,i0 bz,c0 "
    "c1,i2,2 c3,c4,2,2 c7,ia c8,c9 cc,cd cf,dz ct,cu,8,2 da,db,9,2 dw,dx e0,e1,k,2 f6,f7,9,2 fu,8rp fv,fw fy,8rq "
    "fz,8se,2 g1,g2 g4,i1 g5,i4 g6,g7,5,2 gg,8rz gh,8rx gi,8s0 gs,x4b gx,x4c h1,x3h h2,x4a h6,x4e h7,8rm h8,x4d "
    "hd,8ry hp,8ro hu,x51 hz,x4h il,x4i im,x4g og,oh,2,2 om,on or,sd,3 ov,s3 p2,q4 p4,q5,3 p8,r0 pa,r1,2 pd,q9,2,2 "
    "pg,qc,2,2 pj,qf pn,qj,3,2 pq,qm pw,qs,2 pz,qv,2 q2,qy,2 r3,rb rc,rd,c,2 s2,s9 s7,s8 sa,sb sg,uo,g sw,ts,2 "
    "sz,tv,7,2 t2,ty,4,2 tc,u8 tf,ub,7 tn,uj,5 v4,v5 v8,v9,f,2 wa,wb,r,2 xs,y7 xt,xu,7,2 y8,y9,1c,2 10x,129,12 "
    "3a8,8w0,12 3bb,8x3 3bh,8x9 3bk,5n4,17 3ct,5od,3 3vk,xv4,28 3xs,3y0,6 5tl,x31 5tp,8rn 5u6,x52 5xc,5xd,1c,2 "
    "602,603,q,2 61s,61t,1c,2 64g,64o,8 64w,654,6 65c,65k,8 65s,660,8 668,66g,6 66p,66x,4,2 674,67c,8 67k,69m,2 "
    "67m,6a0,4 67q,6ai,2 67s,6bc,2 67u,6ay,2 67w,6be,2 680,688,8 68g,68o,8 68w,694,8 69c,69k,2 69f,69o 69v,6a4 "
    "6a8,6ag,2 6ao,6aw,2 6at,6b0 6b7,6bg 6k2,6ku 6lc,6ls,g 6mb,6mc 792,79s,q 8ow,8q8,1c 8rk,8rl 8rr,8rs,3,2 8s2,8s3 "
    "8s5,8s6 8sg,8sh,1e,2 8vf,8vg,2,2 8vm,8vn wu8,wu9,5,2 wuk,wul,h,2 ww0,ww1,e,2 x0i,x0j,7,2 x0y,x0z,v,2 x2x,x2y,2,2 "
    "x32,x33,5,2 x3f,x3g x3k,x3l,2,2 x3o,x50 x3q,x3r,a,2 x4j,xub x4k,x4l,8,2 x53,x54,2,2 x5c,x5d x5i,x5j,2,2 x6d,x6e "
    "1ee9,1ef5,q 1fcw,1fe0,14 1fhs,1fiw,10 1fn4,1fo7,j,2 1fn5,1fo8,5,2 1fnh,1fok,7,2 1fnx,1fp0,3,2 1fo5,1fp8 "
    "1h1c,1h34,1f 1jfk,1jgg,w 20cg,20dc,w 2olc,2oma,y"
)

FOLD_ORBITS = (
    "23,2z,6ju 2b,37,an 51,po,qk 5h,6d,6jv ck,cl,cm cn,co,cp cq,cr,cs dt,du,dv n9,pl,qh,69q pe,qa,r4 ph,qd,s5 "
    "pk,qg,r5,s4 pm,qi,s0 ps,qo,ra pt,qp,s1 pv,qq,qr py,qu,r9 q1,qx,6jq sy,tu,5mo t0,tw,5mp ta,u6,5mq td,u9,5mr "
    "te,ua,5ms,5mt tm,ui,5mu v6,v7,5mv 5mw,wui,wuj 600,601,61n"
)

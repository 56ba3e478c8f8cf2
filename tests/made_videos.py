"""Videos for tests: written by OpenCV, or, where it has no encoder, made by ffmpeg once and kept here."""

import base64
import struct
import zlib

import cv2
import numpy as np

# ten grey frames at 25 a second, 32 x 32, H.264 with B-frames in AVI, which has no presentation times
_H264_AVI = (
    b"c-jl{baP9QU|?_z^HlKh3=XjnVqnNfDauJK%gnG~U|?{V!vF^YoD2+HP&Ok(gh2sFDllLIkXa7|7#NC6igJJ$Y*txjO0kELnF+EwkU5f2HpuL1"
    b"ApQ>oFnI+a1nN)I0J1fpb}4}MNicxT;=#1rE7Z?h0%$i2ly6{=lFTp)M!_f;1*2dTjDk@x3P!;w7zLwX6pVrq1<DGF3S5x*pz#L<2H3a)BN7`S"
    b"4#VgGG}gcZRG6QVn*&4{KSpr4g2Lhl^Jw}S1*2dj0??Rm0kAC0%`eLYjk#7sgc;LQ7`WEl^vq##U|?Wo01`aSM><m*KvEg6AD>n_0A!?gv@odu"
    b"|92(xvrgX{P2C5{S;7x?&+|OUU>mSZX~MTzdVgM8%2^iM<nMc|`bgpB7Kek&9M_zxlIKo4b<lG|+=4Sv`LA2HKUQx}p1k47Cx^%jU+#j(eFdOy"
    b"aGa%><5b^#RJZco0g$*PT-?b<ak6HM_W$N&?rq=Z6eUIOZv^X<f~!dNe8{gB%q0B3>d>^My39UX_b!(Lso;gFnAhwoXj7l>2-XK3kY;3@w<OE$"
    b"f0-jlObl+;3eOde88dx2{-3s(5byl`HL5wsTm^M7&3O(o#{ncJ2sh^?(3~8gIrsm`Fl44w7%pI7fcqCT?p@7*829dA0FBfm_zR$Q9*lnoh^3JD"
    b"Pk@*giT?|Td64*gz&I8|;_EP?s&`^URUZcAgIo>(VFtF&"
)
# one frame, 16 x 16
_AV1_MP4 = (
    b"c-oCpzfVFj5WWWsK@wjg111cQgn@+wh>j*EE({JXI=K|u7hY(2FKua}6K?(yBu;Lw?hgJP&dzR5crA~-f<NM=*ZbQ0uGi}o0HRpmWQj@zKnbiR"
    b"rq@S15ZO^504lL$3~ftLqN`Oz!NceC2P_7AA-rJF0=JfE-$a@k#9WvOg)J$+<J5rw>?kDIX6>#|;ZG^y=xRx(h_Ch3<t+bjTIXBjfAWU80<;;`"
    b"3T=~drM-ww5gR-Tnh*q$pu4pX+*L1M-J(08Ty8ujq0DDq;W{0X8Rg7!f(wz%Vgz*~+@bz8+jQ+~QpsZPQnk6{(HaM#(j$)eNohqr&eC@Hm#45r"
    b"hcHAt+%Wdfi5W*c8Ie?UiRpifXslLtM%URL)WH8Eh^leIxJwgeL}htStM!qV`GX$ZuN4|fyT^utSF*T?HH^3Si*wL-oBIxny>aUCd#ERKs%?{w"
    b"1#{L)%WnuaQIag<esPrqyZ!}CNn|$"
)


def h264_in_avi() -> bytes:
    return zlib.decompress(base64.b85decode(_H264_AVI))


def av1_in_mp4() -> bytes:
    return zlib.decompress(base64.b85decode(_AV1_MP4))


def write_video(path, codec="MJPG", count=10, size=(64, 48)):
    """Frames at 25 a second, each redder than the one before; MJPG in AVI, mp4v in MP4."""
    out = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*codec), 25, size)
    for number in range(count):
        image = np.zeros((size[1], size[0], 3), np.uint8)
        image[..., 2] = 20 * number
        out.write(image)
    out.release()
    return path


def put(data: bytes, after: bytes, offset: int, form: str, *values) -> bytes:
    """The data with values `offset` bytes after the first `after`."""
    changed = bytearray(data)
    struct.pack_into(form, changed, data.index(after) + offset, *values)
    return bytes(changed)

// Made by make_goldens.py beside this file, with safetensors 0.8.0. Do not edit.

interface Goldens {
  file: string;
  arrays: { name: string; shape: number[]; storedAs: string; values: string[] }[];
  bfloat16: string;
  bfloat16Values: string[];
  written: string;
  network: string;
}

/** Files are base64; values are what Python's float() reads. */
export const goldens: Goldens = {
 "file": "2AMAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJmb3JtYXQiOiJucCIsIl9fcHJvdG9fXyI6InRleHQifSwidTY0Ijp7ImR0eXBlIjoiVTY0Iiwic2hhcGUiOlsxXSwiZGF0YV9vZmZzZXRzIjpbMCw4XX0sImk2NCI6eyJkdHlwZSI6Ikk2NCIsInNoYXBlIjpbMl0sImRhdGFfb2Zmc2V0cyI6WzgsMjRdfSwiZjY0Ijp7ImR0eXBlIjoiRjY0Iiwic2hhcGUiOlsyXSwiZGF0YV9vZmZzZXRzIjpbMjQsNDBdfSwiZW1wdHkiOnsiZHR5cGUiOiJGMzIiLCJzaGFwZSI6WzAsM10sImRhdGFfb2Zmc2V0cyI6WzQwLDQwXX0sImjDvHR0ZSBcInhcIiI6eyJkdHlwZSI6IkYzMiIsInNoYXBlIjpbMV0sImRhdGFfb2Zmc2V0cyI6WzQwLDQ0XX0sInNjYWxhciI6eyJkdHlwZSI6IkYzMiIsInNoYXBlIjpbXSwiZGF0YV9vZmZzZXRzIjpbNDQsNDhdfSwidyI6eyJkdHlwZSI6IkYzMiIsInNoYXBlIjpbMiwyXSwiZGF0YV9vZmZzZXRzIjpbNDgsNjRdfSwidTMyIjp7ImR0eXBlIjoiVTMyIiwic2hhcGUiOlsyXSwiZGF0YV9vZmZzZXRzIjpbNjQsNzJdfSwiaTMyIjp7ImR0eXBlIjoiSTMyIiwic2hhcGUiOlsyLDFdLCJkYXRhX29mZnNldHMiOls3Miw4MF19LCJoYWxmIjp7ImR0eXBlIjoiRjE2Iiwic2hhcGUiOlszXSwiZGF0YV9vZmZzZXRzIjpbODAsODZdfSwidTE2Ijp7ImR0eXBlIjoiVTE2Iiwic2hhcGUiOlsyXSwiZGF0YV9vZmZzZXRzIjpbODYsOTBdfSwiaTE2Ijp7ImR0eXBlIjoiSTE2Iiwic2hhcGUiOlsyXSwiZGF0YV9vZmZzZXRzIjpbOTAsOTRdfSwiaTgiOnsiZHR5cGUiOiJJOCIsInNoYXBlIjpbMl0sImRhdGFfb2Zmc2V0cyI6Wzk0LDk2XX0sIl9fcHJvdG9fXyI6eyJkdHlwZSI6IlU4Iiwic2hhcGUiOlsxXSwiZGF0YV9vZmZzZXRzIjpbOTYsOTddfSwidTgiOnsiZHR5cGUiOiJVOCIsInNoYXBlIjpbMl0sImRhdGFfb2Zmc2V0cyI6Wzk3LDk5XX0sImJvb2wiOnsiZHR5cGUiOiJCT09MIiwic2hhcGUiOlsyXSwiZGF0YV9vZmZzZXRzIjpbOTksMTAxXX19ICAHAAAAAAAAAAAAAID/////////fwAAAACcdQCIPOQ3fgAAAAAAAACAAACAPwAA4EAAAAA/AACAvwAAAEAAAEBAAQAAAP///3//////AgAAAAA+APwBAAAA//8AgP9/gH8JAP8BAA==",
 "arrays": [
  {
   "name": "w",
   "shape": [
    2,
    2
   ],
   "storedAs": "float32",
   "values": [
    "0.5",
    "-1.0",
    "2.0",
    "3.0"
   ]
  },
  {
   "name": "f64",
   "shape": [
    2
   ],
   "storedAs": "float64",
   "values": [
    "1e+300",
    "-0.0"
   ]
  },
  {
   "name": "half",
   "shape": [
    3
   ],
   "storedAs": "float16",
   "values": [
    "1.5",
    "-inf",
    "5.960464477539063e-08"
   ]
  },
  {
   "name": "i8",
   "shape": [
    2
   ],
   "storedAs": "int8",
   "values": [
    "-128.0",
    "127.0"
   ]
  },
  {
   "name": "i16",
   "shape": [
    2
   ],
   "storedAs": "int16",
   "values": [
    "-32768.0",
    "32767.0"
   ]
  },
  {
   "name": "i32",
   "shape": [
    2,
    1
   ],
   "storedAs": "int32",
   "values": [
    "-1.0",
    "2.0"
   ]
  },
  {
   "name": "i64",
   "shape": [
    2
   ],
   "storedAs": "int64",
   "values": [
    "-2147483648.0",
    "2147483647.0"
   ]
  },
  {
   "name": "u8",
   "shape": [
    2
   ],
   "storedAs": "uint8",
   "values": [
    "0.0",
    "255.0"
   ]
  },
  {
   "name": "u16",
   "shape": [
    2
   ],
   "storedAs": "uint16",
   "values": [
    "0.0",
    "65535.0"
   ]
  },
  {
   "name": "u32",
   "shape": [
    2
   ],
   "storedAs": "uint32",
   "values": [
    "1.0",
    "2147483647.0"
   ]
  },
  {
   "name": "u64",
   "shape": [
    1
   ],
   "storedAs": "uint64",
   "values": [
    "7.0"
   ]
  },
  {
   "name": "bool",
   "shape": [
    2
   ],
   "storedAs": "bool",
   "values": [
    "1.0",
    "0.0"
   ]
  },
  {
   "name": "scalar",
   "shape": [],
   "storedAs": "float32",
   "values": [
    "7.0"
   ]
  },
  {
   "name": "empty",
   "shape": [
    0,
    3
   ],
   "storedAs": "float32",
   "values": []
  },
  {
   "name": "__proto__",
   "shape": [
    1
   ],
   "storedAs": "uint8",
   "values": [
    "9.0"
   ]
  },
  {
   "name": "h\u00fctte \"x\"",
   "shape": [
    1
   ],
   "storedAs": "float32",
   "values": [
    "1.0"
   ]
  }
 ],
 "bfloat16": "OAAAAAAAAAB7ImIiOnsiZHR5cGUiOiJCRjE2Iiwic2hhcGUiOls1XSwiZGF0YV9vZmZzZXRzIjpbMCwxMF19fYA/IMBif8B/AQA=",
 "bfloat16Values": [
  "1.0",
  "-2.5",
  "3.00405527047391e+38",
  "nan",
  "9.183549615799121e-41"
 ],
 "written": "wAEAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJhIjoiYiBcImNcIiJ9LCJmNjQiOnsiZHR5cGUiOiJGNjQiLCJzaGFwZSI6WzJdLCJkYXRhX29mZnNldHMiOlswLDE2XX0sImVtcHR5Ijp7ImR0eXBlIjoiRjMyIiwic2hhcGUiOlswLDNdLCJkYXRhX29mZnNldHMiOlsxNiwxNl19LCJow7x0dGUgXCJ4XCIiOnsiZHR5cGUiOiJGMzIiLCJzaGFwZSI6WzFdLCJkYXRhX29mZnNldHMiOlsxNiwyMF19LCJzY2FsYXIiOnsiZHR5cGUiOiJGMzIiLCJzaGFwZSI6W10sImRhdGFfb2Zmc2V0cyI6WzIwLDI0XX0sInciOnsiZHR5cGUiOiJGMzIiLCJzaGFwZSI6WzIsMl0sImRhdGFfb2Zmc2V0cyI6WzI0LDQwXX0sImkzMiI6eyJkdHlwZSI6IkkzMiIsInNoYXBlIjpbMiwxXSwiZGF0YV9vZmZzZXRzIjpbNDAsNDhdfSwidTgiOnsiZHR5cGUiOiJVOCIsInNoYXBlIjpbMl0sImRhdGFfb2Zmc2V0cyI6WzQ4LDUwXX19ICAgnHUAiDzkN34AAAAAAAAAgAAAgD8AAOBAAAAAPwAAgL8AAABAAABAQP////8CAAAAAP8=",
 "network": "qAIAAAAAAAB7ImNvbnYuYmlhcyI6eyJkdHlwZSI6IkYzMiIsInNoYXBlIjpbNF0sImRhdGFfb2Zmc2V0cyI6WzAsMTZdfSwiY29udi53ZWlnaHQiOnsiZHR5cGUiOiJGMzIiLCJzaGFwZSI6WzQsMSwzLDJdLCJkYXRhX29mZnNldHMiOlsxNiwxMTJdfSwiZmlyc3QuYmlhcyI6eyJkdHlwZSI6IkYzMiIsInNoYXBlIjpbNV0sImRhdGFfb2Zmc2V0cyI6WzExMiwxMzJdfSwiZmlyc3Qud2VpZ2h0Ijp7ImR0eXBlIjoiRjMyIiwic2hhcGUiOls1LDE4MF0sImRhdGFfb2Zmc2V0cyI6WzEzMiwzNzMyXX0sInNlY29uZC5iaWFzIjp7ImR0eXBlIjoiRjMyIiwic2hhcGUiOlszXSwiZGF0YV9vZmZzZXRzIjpbMzczMiwzNzQ0XX0sInNlY29uZC53ZWlnaHQiOnsiZHR5cGUiOiJGMzIiLCJzaGFwZSI6WzMsNV0sImRhdGFfb2Zmc2V0cyI6WzM3NDQsMzgwNF19LCJ1cC5iaWFzIjp7ImR0eXBlIjoiRjMyIiwic2hhcGUiOlszXSwiZGF0YV9vZmZzZXRzIjpbMzgwNCwzODE2XX0sInVwLndlaWdodCI6eyJkdHlwZSI6IkYzMiIsInNoYXBlIjpbNCwzLDIsMl0sImRhdGFfb2Zmc2V0cyI6WzM4MTYsNDAwOF19LCJ4Ijp7ImR0eXBlIjoiRjMyIiwic2hhcGUiOlsyLDIsNSw0XSwiZGF0YV9vZmZzZXRzIjpbNDAwOCw0MzI4XX0sInkiOnsiZHR5cGUiOiJGMzIiLCJzaGFwZSI6WzIsM10sImRhdGFfb2Zmc2V0cyI6WzQzMjgsNDM1Ml19fXlohb6sjIK+3EgtvvG2pj2kPc++6OOkvjYOM744wcW+Ot29vEnkt74VTmM+VsFLPsbjnT1cJKI+9cQjveJmej75YZK+K8Okvepfur6Owwe9rZyHvnvHuz79MZE+DrWcPqIA+D0qfW6+jdS7Pg32y75Uo4o9uTaJvVOTbL2L6XG9O1j3vPVpTT2fjYO9CYqDvbHHib3nQYo7XIqBPdo2hb289PI8tbWGvdbjSr0cN9C8eEr4vLxZtDwh/3+99vOWPekHMjxK3NQ8vTtOvV57KD0Eko68/+UXvay3Tzw7H/48hVMBPLif1bzYE2M8ZEHsvMC5zrxy2eK88eQ1PTZlVb03kQQ9ij0ePczaSr3042e96E5LvTYhgb0PKYA97o2GPc6CKrzSIo89NPWsPOu/lb2xq4u93WsTvc5DmL1HDwy9JSSlPNkW27qWCWS8IAOWO9KPiz1hTFQ63YEZPfork7yUB2W9cOBuPMOZDD2ShDE9EKCPvR62IbxcFJO9/15vOpetVzuqt8Y8hIjRvAJlMrzc0ZU8L9yTvXcpFj1Qj5M9VERZvWzclD30ZDk88AeXPa+thT2SsoK9OtZlPcUZJztcvZo8XZPdvIS1dL2Huek75d2pPFSIGT0aC4C9T7WTvatFET3Oe3S8ekaQupRtnrxq/iE5cqNJPN/5jL0CNeE8AE0GPHT3DD3Aqx294yxePTyWSz3lUhm9JKiFPYEqHTxYxIY96sGKPauFPzy2e0U8bju/PGcQRD23Y4u9A8L1OarUkT2xj1e94/MrvSpp/zthx9w8sfsjPbPNiTsWCpA8DFgKvaSbkD21L0m9sIlGPfG6JT0bUYU9Wn2HPQygyrzAF1o9j81evaznVD1P7ju9C4NPvaadTr0NhJQ9w2m0PMzCVL12CGW92JH8Oyyzg7xNEp880CNAPc3fQL0koYq9OqT7O3CLSz3K1jk93hSMuuPforzfrMI8T0dUPal9g70jQue7U9VmPf81az3sXI09ScfrPDS7lj0unZO9bBxnPPmRLzyrjVI90TRzPOGIQz2v8IW92U8EvKfi5Dw1zkM9rKSQPJxBRT2XvL68W0bSu6c4jz3Umks9aF1WPTdNhL3KqoO6/qiEvdeUij04KHc99oMqPdq6O704CC694D5HvV744TyvQno9o04fvFXYj7113YW8CrcTPDOjizvQ5iU9cya1PKK+pry+AFi99cq5unLgDr2Tu3K9YUEtvVL5i70BmQk8eTOhvAs+Lr08nmE8vguzu771Tr2bjgQ9g4OTvTfq07uVXGk9Mrx6PdAMIz1H4Wu8bl2JPO0jVb27tRm7kL6DPcp0AL0DtI69/W16PZid+DxVslM9UjXGvHaH/7zhB1S88/W2vDTiITxwhoq8SgeuvOwCWL1ipuW8ZzZRvXtOqjsGjTM9i/0PPQQNXzyvuGC9BpsSvIQDrbtvuGE92QtSPETfOD0cKIQ9eJwTvCU2db0Bfmq9zGdxPX69+7zp+zs7XTDfPM4VFbvth4y9fWE5vOUfejxOlAe94KCrO+RHUTwt/u48znUEvROhiD3CiIM9vyNAPQwQTL1hVzO9v+/5Oyg8IL2K+rW4JTEWvXUNAb09vw48CkZ1vTRUmzySdKq78QoAvUvzGL2wQjW9VW5vPV7PLTsVLoS8luYyvKfZd72Cw4m9+ARrvVzQjLyDtxC9X4jfPBe8Sj2ZIke9HUVFPfWIrLyjXM68TJOTPRorQb01w508/+SzPLUmvzwlKxy9RsWCPYpcW72OZNO8rJCYPdJNi7wBJvi8zGOKvXytl73Ek3e9/xKwvJYDSr1Yc/k86nHOvCRbKL39iEK9lIGKPdYUajvw/Hk8I7VtPO9phz2gxxi8fuCjvPEi27wkgWO9uHqgvJBH7juKCZg8rNVKPPd7FDk0j4M9YHlXPBZJvbyF9TC9YLGKvTA+Pr3cSv08eQCUPbMXJbwA7GU9yTrSvFyUrzw6eFY9hf90vYsqE7wMlO+8fqB8vPEngT000hW9Hk5nPcpekztYzoO9F1+Ju4pcKbw5wjy9Mix2PXcUSb33Jn89Q7Q1vWRCSrxQAxs9Aj4PvYLDPL2IdOu8iZMePZPfYb1T2FG9r0lXPXuWgDzI42+8yyKKPfpSIr24wzA8Na88vJCmlb2NJzy9a7ZbPWp7gD09Pn29IK/gujXTVj0+ugy96Ayeuh6WQrystya9XJ8aPHA5Sz1PXlY9BSarvHT5eb3W8/q8NnuQvEHjTTzA2gg9+1jMPEmDwbyr1Yu91NYCPfP1hDz2c2a9W2DKO8/9h73Fszq9dH77PJaXBD2KJ3M9qRVKvSxuZLzVIiY8BHVdPWWxHj0Ha2Y74pZDPZzCB7vb/ni9AF0XPXpAbL2x95S67eEYPbnYh72qWRs9eiyUvcPLDryBTx49wXqLPeGmAD2DSaI8H54tPVbps7yq+nQ8T2/GvOhZRL1CZow9V16MveSJLL2NOG08uz1evFVY+DsGwEy9jiJfvSqpgL00hpa9qrwkPQhD+7wQYIY9FnxbPZ7Rh732VIO9NEJTveaeXb2o1IA9dxsCvDhbWD3a8Jc5ZNLcPGznZL0a7Iu99gmPPXhhe71utpY9GW5zvR9GgD3oPAC8qHYWPIBWZbwA8Y09m1RkuspMFz1l0jG8lIBwPXZT6LtGe1s9aAYRPBUEnTxuS5W9TbLBOx6Yeb0evQm9ve0cvRo5lz03ll69edjWPCblWL3QD5m7DrRxPZqZf72t66W84MyWPC88SDwchK88900xvZJwx7wdqYY96os8u6Pb6LzOGiK9z+GJvfHKhL3WQ327U/hQPNCaRz1FNm69vDwNPFjXFDvL7o68hL0yvSrqPLwRVZY9LTpzvZOs0zzPjLy8KBW1PFXdxTymWJy8iEKhvGjqijwCqss8RhSNvVv4ej0H/to7wG0XPehNXb0neBk9xPsjPYriybulo5M9xxMmPLTOOz3J2XA7y2dvPGuMXDxWaIM9TAv7PAWiML2cRx08Dv0XPWEuiL1oY/q8XDTjPHgugrwxMre8r2U2vUtDAz0450U9RIeKPYkDlr1PH2w9UVtQvXrIej01I0k8+wAyPDy3JrsN7le9zexGPRO9Br1264c9g6HXO5CfJz1FvOE8zstxPIeWx7u6WV29GXdQve02XL0qgJA9z/M4PZWEhD0WbkO74YFvPF24Ez00ny+94id2PS6GXr1d1GG9ojCTPPojqjwa5mQ6TnvTPJNJ8zyNtZ07ecAqva1CAT03OZG9oJ2KPcf/jr1pXoC8AwQLveQWZDsBNUs89pcOvdaegD0W/tK8Qa8OPMCISb3Xu1U7DL7PukgCtTwRjUW9xEiBvdEtYr08DVe9Hu4KvLOkND3Xgms9yubfvFoO7Dy7opS98YpsPbZT+Lodw0q8R2TaPO/VaT3uDYW9yl5APb6MmD0gKlY9JlvaPE3jOT0BW6W8HdhivbVQ5zy7+Gs9aJuBvRUUcL23YnW8g3Q0vV2Uuzx0cJK9VtpvPSzyj72wc7+8UrmAvc+hcz2+7Qk94osTvd0u9zsCmoY9O0GKvTisgD0v/2Q8IH8CPRk7S70O0YS7c7dFvddcCz07a0G89/uWPYmbfDvdCbo8DWE6vWXu+ryRapO6FS2rPNQIaz0RiEc8zgnWvFlm6TtyqUS9KEuXPXP0TL1/BJQ9iFXWO8Nc6rxhziY84GeHvYs2AL3+sOk8UomcO3i8ib1E84k6q2wqO8yzOzy/pwa8dmMLPaZ3iTyJlW49Ps7HPDa/Nr3xHA89DvmUvZ3eHj0z4Ba8HkVOvHQe7DyA9Iu8ZuX3O/NOj73crhe9hlAXPT5BBz0MKLi8nq6BvXhVhj0F6qW8CQJCPSdAlT0L8hY9KtF3PHkmirsx2yO9hnQwPdHCsTurAg+9TlCFPSjxKjyLrxC9S/hePbwQhT0vjD29+ZVivaY3h70VtQK9UVsUPE/Lk733LXq9PWLFvInLaDzOTB+9k6nOPNGGHbw7rmA9oANkPDlt0DwnLvy8IUfsO0ofQ73N50m9CknSO3p1krzFLQs9U4Q/PcOnwLs77GM9SvenOnHuMzyilpY8K6YIPZeIbL3j4I88hBF5vTovZD2L/G08sTuFPZSu8jxJjDe7EAmDvR86GT0oqF09hZB/PIaXYbwECm+9rw5uvUmK5bxYAoU9FaRCvYXHML1uqnU96ZkPPTc7SLwTvGU9pt1ZPIVHh7382YU9nQiCPditJjzTX5O9Eyp4vSMJyTwjZ5E8etTDvGgrHDyvY3o9OGEXvfYPwTouwBy9au4+vaKBLz2PV/I6R9rKPGSIvDxtroU7CH0/vYCvnDx6OJe99PCYOiEqgT3EgIm9PV6NvIt5hD3YJEk8No6Cu5zbnDwn+aI6kpy1PEfihb2XZRa8Ii0tPcj1lb0VvIA8qtN6PckSJLyMdJS94T8ovexOGz3jSS+93ia5vM+9uDybYhG9BI7YvD3TZz18sJA87l3XPIipIr1iEgm9tJF/vbSaTb04IFU9s2gzPRAFIz2xwRQ9FA0rvS/0WD23/wk8gsfrPHiUaz2VN688tYE+PQgiZz38sza6ScyCPagZkTzjChs9bS+GPEqAJT2nVGk9FWFZPfkT7Txm/2G904aJPbsixTwhuPM8/nsausIXCL3U3Y86BGDNvEitUz3qc5S6frIcPT8llL2ynei7es4pvZuxez1ktiM93WBJvUj7Vz2iXpS8VYlWvXPfPb2Gc8i7U09BvR8S+DpmSoW8WvTYu2vxuzyITPQ8DY1/vQ3nMb29a7k8hslUPcMgqTsU18Q8FRINvYOnjzxIYYM9pEFlPefrkj1s5lc9U2ePvSaeAD16y/o6NMSRPWH1Sj2Lfx+9Hk2PvFyVYz205w29chfdPMH6d71Yr508VhxmPemgCLy8T4K9UVuFvPBiIr1l0qw8IzChvDK3gj2kNQU9I12VO4bUgTyU1HC9ySt1PapaXz1/QVk8QNqKPWBszLxF0cS+DBtKvvdEcz5ymFC+7YOqPmWjwL4EO2S+j/ijPjMRPL5Gc6O+kfQWvThQvj5F7Hy+sD54PvI92r0YJYy9+i8QPntCDz2cLnc+O72GPZnqX748vGO+m14Nvm9rND4nNlW+EZCEvtgZgL5IdhG+pFabvfqFkr7XZQq+h/m1O/fpQj1wgim9dBEGvdtPQL55cBc+smyOveUbSr6AYI69kDAlvYSoiD5bDho+0LjuvUnAJ72Zm4I+Deg9Pn9okz1UE9S99/Z1PnZK/T2CpwO+EMdRPjOMqDyKnVq+vgUDvpdjXb5a1XS+wz/nO57WU77Lih0+dDMEPkZZfj0ukXM+dBcGvj0PjTvDozU+sVvMPR/ESz92f7Q/9u8+vpB9Wj5kATU9po0/viwX9L7DEMu/zfyzPVMvIz9f3JW+oXfIv67lj7+GeZA/3H6jP6WKND+o52+/cgpLvzO9qz5bVXY/GS+0v3OOFj85UW8/MGeDv90pI0ADwFg+BGuoP06TQz4kYlo905kEv0al3b5tMcK/sj21v7z6ur8e/TQ+lnMsv4oxrb+sgcA+WPjmPSi7Nr8eI3g/6z03vDbXbj6naoK/AKtHv7xZyL7Yyj8/k32BPkAoAsC/cPs/ANMWP1U5Uj9GBes+AO4qPyfT5T/ONrK+awulPdOIUrvTAym/NKlaPpCQi75DRmS/SiGbv1u8xD5R6Ka/86aXv7CxPb/FMhC/7JkJP3GVtz+Bz8o/Oqwsv/oUOD9don6/vMnjvrhGlz+ToMi/bZmuP3pi4D+piZw+QJsVu9kqn77AMWi+ZFtTvNwUeL4tYGi+"
};

"""Where the demo company's customers are: seven sales regions, their provinces, and cities in them.

Positions are those of the cities' middles, to about a kilometre, in WGS-84; weight is how many shops a city gets
against the others.
"""

from __future__ import annotations

from typing import NamedTuple


class City(NamedTuple):
    name: str
    province: str
    region: str
    latitude: float
    longitude: float
    weight: int


# code, name, provinces as (code, full name)
REGIONS = [
    ("EAST", "华东", [("SHANGHAI", "上海市"), ("JIANGSU", "江苏省"), ("ZHEJIANG", "浙江省"), ("ANHUI", "安徽省"),
                    ("FUJIAN", "福建省"), ("JIANGXI", "江西省"), ("SHANDONG", "山东省")]),
    ("SOUTH", "华南", [("GUANGDONG", "广东省"), ("GUANGXI", "广西壮族自治区"), ("HAINAN", "海南省")]),
    ("CENTRAL", "华中", [("HENAN", "河南省"), ("HUBEI", "湖北省"), ("HUNAN", "湖南省")]),
    ("NORTH", "华北", [("BEIJING", "北京市"), ("TIANJIN", "天津市"), ("HEBEI", "河北省"), ("SHANXI", "山西省"),
                     ("NEIMENGGU", "内蒙古自治区")]),
    ("SOUTHWEST", "西南", [("CHONGQING", "重庆市"), ("SICHUAN", "四川省"), ("GUIZHOU", "贵州省"),
                         ("YUNNAN", "云南省")]),
    ("NORTHWEST", "西北", [("SHAANXI", "陕西省"), ("GANSU", "甘肃省"), ("QINGHAI", "青海省"),
                         ("NINGXIA", "宁夏回族自治区"), ("XINJIANG", "新疆维吾尔自治区")]),
    ("NORTHEAST", "东北", [("LIAONING", "辽宁省"), ("JILIN", "吉林省"), ("HEILONGJIANG", "黑龙江省")]),
]  # fmt: skip

# province code: city latitude longitude weight
_CITIES = """
SHANGHAI 上海市 31.23 121.47 10
JIANGSU 南京市 32.06 118.80 6; 苏州市 31.30 120.60 7; 无锡市 31.57 120.30 5; 常州市 31.78 119.97 4; 南通市 32.01 120.86 5; 扬州市 32.39 119.42 3; 徐州市 34.26 117.19 4; 盐城市 33.35 120.16 3; 泰州市 32.46 119.92 2; 镇江市 32.20 119.45 2; 淮安市 33.61 119.02 2; 连云港市 34.60 119.22 2
ZHEJIANG 杭州市 30.27 120.16 9; 宁波市 29.87 121.55 6; 温州市 28.00 120.70 5; 绍兴市 30.00 120.58 5; 嘉兴市 30.75 120.76 4; 金华市 29.08 119.65 4; 台州市 28.66 121.42 4; 湖州市 30.89 120.09 3; 衢州市 28.94 118.87 2; 丽水市 28.47 119.92 2; 舟山市 30.00 122.21 1
ANHUI 合肥市 31.82 117.23 5; 芜湖市 31.35 118.43 3; 蚌埠市 32.92 117.39 2; 阜阳市 32.89 115.81 2; 安庆市 30.54 117.06 2; 马鞍山市 31.67 118.51 1; 滁州市 32.30 118.32 1
FUJIAN 福州市 26.07 119.30 4; 厦门市 24.48 118.09 4; 泉州市 24.87 118.68 4; 漳州市 24.51 117.65 2; 莆田市 25.45 119.01 2
JIANGXI 南昌市 28.68 115.86 3; 赣州市 25.83 114.93 2; 九江市 29.71 116.00 2; 上饶市 28.45 117.94 1
SHANDONG 济南市 36.65 117.12 4; 青岛市 36.07 120.38 5; 烟台市 37.46 121.45 3; 潍坊市 36.71 119.16 3; 临沂市 35.10 118.36 3; 济宁市 35.41 116.59 2; 淄博市 36.81 118.05 2; 威海市 37.51 122.12 1
GUANGDONG 广州市 23.13 113.26 7; 深圳市 22.54 114.06 7; 佛山市 23.02 113.12 4; 东莞市 23.02 113.75 4; 中山市 22.52 113.39 2; 珠海市 22.27 113.58 2; 惠州市 23.11 114.42 2; 汕头市 23.35 116.68 2; 湛江市 21.27 110.36 2; 江门市 22.58 113.08 2
GUANGXI 南宁市 22.82 108.37 3; 柳州市 24.33 109.42 2; 桂林市 25.27 110.29 2
HAINAN 海口市 20.04 110.20 2; 三亚市 18.25 109.51 1
HENAN 郑州市 34.75 113.63 5; 洛阳市 34.62 112.45 3; 南阳市 32.99 112.53 2; 新乡市 35.30 113.93 2; 商丘市 34.41 115.66 2; 开封市 34.80 114.31 1; 信阳市 32.15 114.09 1
HUBEI 武汉市 30.59 114.31 6; 宜昌市 30.69 111.29 2; 襄阳市 32.01 112.12 2; 荆州市 30.33 112.24 2; 黄石市 30.20 115.04 1
HUNAN 长沙市 28.23 112.94 5; 株洲市 27.83 113.13 2; 衡阳市 26.89 112.57 2; 岳阳市 29.36 113.13 2; 常德市 29.03 111.70 2
BEIJING 北京市 39.90 116.40 8
TIANJIN 天津市 39.13 117.20 4
HEBEI 石家庄市 38.04 114.51 3; 唐山市 39.63 118.18 2; 保定市 38.87 115.46 3; 邯郸市 36.61 114.54 2; 廊坊市 39.54 116.68 1; 沧州市 38.30 116.84 1
SHANXI 太原市 37.87 112.55 2; 大同市 40.08 113.30 1; 长治市 36.20 113.12 1
NEIMENGGU 呼和浩特市 40.84 111.75 2; 包头市 40.66 109.84 2; 赤峰市 42.26 118.89 1
CHONGQING 重庆市 29.56 106.55 6
SICHUAN 成都市 30.57 104.07 7; 绵阳市 31.47 104.68 2; 德阳市 31.13 104.40 2; 宜宾市 28.75 104.64 2; 泸州市 28.87 105.44 1; 南充市 30.84 106.11 2; 乐山市 29.55 103.77 1
GUIZHOU 贵阳市 26.65 106.63 3; 遵义市 27.73 106.93 2
YUNNAN 昆明市 25.04 102.71 3; 曲靖市 25.49 103.80 1; 大理市 25.61 100.27 1
SHAANXI 西安市 34.34 108.94 5; 咸阳市 34.33 108.71 2; 宝鸡市 34.36 107.24 1; 榆林市 38.29 109.73 1
GANSU 兰州市 36.06 103.83 2; 天水市 34.58 105.72 1
QINGHAI 西宁市 36.62 101.78 1
NINGXIA 银川市 38.49 106.23 1
XINJIANG 乌鲁木齐市 43.83 87.62 2; 昌吉市 44.01 87.31 1
LIAONING 沈阳市 41.80 123.43 4; 大连市 38.91 121.61 4; 鞍山市 41.11 122.99 1; 锦州市 41.10 121.13 1
JILIN 长春市 43.82 125.32 3; 吉林市 43.84 126.55 1
HEILONGJIANG 哈尔滨市 45.80 126.53 3; 大庆市 46.59 125.10 1; 齐齐哈尔市 47.35 123.92 1
"""  # noqa: E501 - one line a province

# Districts of the largest cities; elsewhere the column stays empty, as in many a real file.
DISTRICTS = {
    "上海市": ["浦东新区", "徐汇区", "静安区", "闵行区", "宝山区", "松江区"],
    "北京市": ["朝阳区", "海淀区", "丰台区", "通州区", "西城区"],
    "广州市": ["天河区", "越秀区", "番禺区", "白云区"],
    "深圳市": ["福田区", "南山区", "龙岗区", "宝安区"],
    "杭州市": ["上城区", "拱墅区", "西湖区", "滨江区", "萧山区", "余杭区"],
    "南京市": ["玄武区", "秦淮区", "鼓楼区", "江宁区"],
    "苏州市": ["姑苏区", "吴中区", "相城区", "吴江区"],
    "宁波市": ["海曙区", "江北区", "鄞州区"],
    "成都市": ["锦江区", "武侯区", "青羊区", "双流区"],
    "重庆市": ["渝中区", "江北区", "沙坪坝区", "渝北区"],
    "武汉市": ["江岸区", "武昌区", "洪山区", "汉阳区"],
    "西安市": ["碑林区", "雁塔区", "未央区"],
    "天津市": ["和平区", "南开区", "河西区"],
    "青岛市": ["市南区", "市北区", "崂山区"],
    "长沙市": ["芙蓉区", "岳麓区", "雨花区"],
    "郑州市": ["金水区", "二七区", "中原区"],
    "绍兴市": ["越城区", "柯桥区", "上虞区"],
}

PROVINCE_NAMES = {code: name for _code, _name, provinces in REGIONS for code, name in provinces}
REGION_OF = {code: region for region, _name, provinces in REGIONS for code, _full in provinces}


def _read() -> list[City]:
    found = []
    for line in _CITIES.strip().splitlines():
        province, rest = line.split(" ", 1)
        for city in rest.split(";"):
            name, latitude, longitude, weight = city.split()
            place = City(name, province, REGION_OF[province], float(latitude), float(longitude), int(weight))
            found.append(place)
    return found


CITIES = _read()

"""What Chinese passwords are made of: pinyin, lucky numbers, sites. The lists of zxcvbn are English."""

_TEXT = """
woaini woaiwojia woaizhongguo woaizuguo aini ainia niaiwo woaiwo wo ai ni nihao nihaoma nimen women dajia shijie
zhongguo beijing shanghai guangzhou shenzhen hangzhou chengdu nanjing wuhan chongqing tianjin suzhou xian mima
mimamima wodemima wode denglu yonghu guanli guanliyuan xitong kehu xiaoshou gongsi caiwu zhanghao woshi woshishei
shishei woshini buzhidao zhidao suibian meiyou wangle wangjile laopo laogong baobei baobao qinaide qinai baba mama
erzi nver xiaobao jiajia tiantian kuaile xingfu jiankang pingan facai gongxi xinnian shengri kaixin haohao xuexi
gongzuo xiaoming xiaohong xiaoli xiaowang zhangsan lisi wangwu zhaoliu wang li zhang liu chen yang huang zhao wu
zhou xu sun ma zhu hu guo he gao lin luo wei jing min jie lei jun ming hua fang taobao tmall jingdong alipay
zhifubao weixin wechat weibo baidu huawei xiaomi tencent tengxun alibaba douyin meituan qq admin administrator root
guest user test demo welcome login passwd changeme letmein hello company office 520 521 1314 5201314 1314520 5211314
52013 520131 1314521 5207758 7758521 7758258 147258369 147258 159357 789456123 123321 112233 168 1688 588 666 6666
888 8888 886 918 999 110 119 120 985 211
"""
WORDS = _TEXT.split()

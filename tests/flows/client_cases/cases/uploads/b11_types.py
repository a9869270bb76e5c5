login()
import datetime
df = pd.DataFrame({'s': ['a'], 'd': ['b'], 't': pd.to_datetime(['2024-01-01']).tz_localize('UTC'), 'c': pd.Categorical(['k']), 'o': [True], 'l': [[1, 2]], 'q': [None], 'dt': [datetime.date(2024, 1, 1)], 'td': pd.to_timedelta(['1s'])})
graphistry.edges(df, 's', 'd').upload()

SELECT DISTINCT channel FROM {orders} WHERE channel IS NOT NULL AND action <> 'same';

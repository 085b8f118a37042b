-- What a count says of customers, kept in place of what was there.
INSERT INTO segmentation_economics (customer_id, "on", revenue, costed, margin, discount, sold, discounted, products,
                                    minutes, entered, acquisition, upkeep, contribution, verdict)
SELECT n.*, '' FROM ({of}) n
ON CONFLICT (customer_id) DO UPDATE SET
    ("on", revenue, costed, margin, discount, sold, discounted, products, minutes, entered, acquisition, upkeep,
     contribution) =
    ROW (excluded."on", excluded.revenue, excluded.costed, excluded.margin, excluded.discount, excluded.sold,
         excluded.discounted, excluded.products, excluded.minutes, excluded.entered, excluded.acquisition,
         excluded.upkeep, excluded.contribution);

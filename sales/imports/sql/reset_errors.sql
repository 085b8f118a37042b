-- A later comparison judges anew; rows that can't be read (they have no content) stay refused.
UPDATE {lines} SET error = NULL WHERE error IS NOT NULL AND content IS NOT NULL;

{#-
    The products that go with what customers bought last and that they have not bought, best first: the sum of the similarities. One rule for what
    is given and for what is tried. The number of products that are looked at falls as customers grow in number, so that their pairs stay bounded.
-#}
{% macro unbought_products(customer_products, pairs, known_products, at_most=10, customer='customer_id') -%}
    select
        {{ customer }},
        product_code,
        score,
        product_rank
    from (
        select
            scores.{{ customer }},
            scores.product_code,
            scores.score,
            row_number() over (
                partition by scores.{{ customer }}
                order by scores.score desc, scores.product_code asc
            ) as product_rank
        from (
            select
                latest.{{ customer }},
                pairs.other_product_code as product_code,
                sum(pairs.similarity) as score
            from {{ customer_products }} as latest
            inner join {{ pairs }} as pairs on latest.product_code = pairs.product_code
            where latest.recency_rank <= {{ known_products }}
            group by latest.{{ customer }}, pairs.other_product_code
        ) as scores
        left join {{ customer_products }} as bought
            on
                scores.{{ customer }} = bought.{{ customer }}
                and scores.product_code = bought.product_code
        where bought.product_code is null
    ) as ranked
    where product_rank <= {{ at_most }}
{%- endmacro %}

using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using TradingPlatform.Data;

namespace TradingPlatform.Scraping;

/// <summary>Pages for the scraper to fetch: /pages/markets and /pages/news.</summary>
internal static class Pages
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/pages/markets", (Database database) => Html("Markets today", Markets(database))).WithSummary("A page with prices").WithTags("Platform");
        routes.MapGet("/pages/news", () => Html("Market news", "<h1>Market news</h1><ul><li class=\"headline\">Markets open</li><li class=\"headline\">Markets close</li></ul>"))
            .WithSummary("A page with news").WithTags("Platform");
    }

    private static string Markets(Database database)
    {
        var rows = new StringBuilder("<h1>Markets today</h1><table>");
        foreach (var (symbol, name, price) in database.Query<(string, string, double)>("SELECT symbol, name, price FROM instruments ORDER BY symbol"))
        {
            rows.Append(CultureInfo.InvariantCulture, $"<tr><td class=\"symbol\">{HtmlEncoder.Default.Encode(symbol)}</td><td>{HtmlEncoder.Default.Encode(name)}</td><td class=\"price\">{price}</td></tr>");
        }

        return rows.Append("</table>").ToString();
    }

    private static IResult Html(string title, string body)
        => TypedResults.Content($"<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title></head><body>{body}</body></html>", "text/html", Encoding.UTF8);
}

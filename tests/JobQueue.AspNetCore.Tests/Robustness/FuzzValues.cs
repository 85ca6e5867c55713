using System.Globalization;

namespace JobQueue.AspNetCore.Tests.Robustness;

/// <summary>What a caller may put into a member, a query, a path or a header: some of it right, most of it not.</summary>
internal static class FuzzValues
{
    private static readonly string Long = new('x', 3_000);

    /// <summary>Members of all contracts, each with values that suit it.</summary>
    public static readonly (string Name, string[] Json)[] Members =
    [
        ("name", ["\"echo\"", "\"fail\"", "\"ecoh\"", "\"nightly\"", "\"not valid!\""]),
        ("job_type", ["\"echo\"", "\"fail\"", "\"nobody\""]),
        ("job_name", ["\"echo\"", "\"nobody\""]),
        ("args", ["{}", "{\"a\":1}", "[1,2]", "1234567890123456789", "\"text\""]),
        ("payload", ["{}", "{\"a\":1}", "[]"]),
        ("priority", ["\"critical\"", "\"medium\"", "\"NORMAL\"", "\"urgent\""]),
        ("queue", ["\"default\"", "\"other\"", "\"a b\""]),
        ("scheduled_at", ["\"2999-01-01\"", "\"1999-01-01T00:00:00+14:00\"", "\"9999-12-31T23:59:59-14:00\"", "\"0001-01-01T00:00:00+14:00\"", "\"soon\""]),
        ("scheduled_for", ["\"2999-01-01T00:00:00Z\"", "\"08:00\""]),
        ("run_at", ["\"2999-01-01\"", "\"0001-01-01\""]),
        ("delay_seconds", ["0", "5", "-1", "1e9", "1e308", "0.0000001"]),
        ("max_retries", ["0", "3", "100", "101", "2147483648", "1.5"]),
        ("timeout", ["1", "0", "0.0001", "86400", "86401"]),
        ("user_id", ["\"u\"", "\"\""]),
        ("tags", ["[]", "[\"a\",\"b\"]", "[\"\"]", "[1]", "[\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\"]"]),
        ("schedule_type", ["\"interval\"", "\"cron\"", "\"once\"", "\"moon\""]),
        ("interval_seconds", ["60", "0", "0.5", "1e300", "31622400"]),
        ("cron_expression", ["\"0 3 * * *\"", "\"0 0 30 2 *\"", "\"* * * * * *\"", "\"99 * * * *\"", "\"@daily\"", "\"L W # ?\""]),
        ("cron", ["\"0 3 * * *\"", "\"x\""]),
        ("time_zone", ["\"UTC\"", "\"Europe/Berlin\"", "\"Mars/Base\"", "\"../../etc/passwd\""]),
        ("zone", ["\"UTC\"", "\"Mars/Base\""]),
        ("misfire", ["\"skip\"", "\"catch_up\"", "\"later\""]),
        ("overlap", ["\"allow\"", "\"never\""]),
        ("enabled", ["true", "false", "\"yes\""]),
        ("is_active", ["true", "false", "0"]),
        ("action", ["\"retry\"", "\"delete\"", "\"cancel\"", "\"explode\""]),
        ("filter", ["{}", "{\"status\":\"failed\"}", "{\"status\":\"pending\",\"job_type\":\"echo\"}", "[]"]),
        ("all", ["true", "false"]),
        ("dry_run", ["true", "false"]),
        ("cursor", ["\"x\"", "\"AAAA\"", "\"\""]),
        ("confirm", ["\"default\"", "\"x\""]),
    ];

    /// <summary>Values that suit no member.</summary>
    public static readonly string[] HostileJson =
    [
        "null", "true", "-1", "0", "1e400", "-0.0", "99999999999999999999999999", "\"\"", "\" \"", "\"\\u0000\"", "\"\\ud800\"", "\"\\udc00x\"", "\"\\uffff\"", "\"NaN\"", "{}", "[]", "[null]",
        "{\"\":{}}", "{\"a\":{\"a\":{\"a\":[[[[]]]]}}}", "\"" + Long + "\"", "\"" + new string('é', 201) + "\"", "\"😀\"", "\"'; DROP TABLE jobs; --\"", "\"{jq}:0\"", "\"a|b|c\"",
    ];

    public static readonly (string Name, string[] Values)[] Queries =
    [
        ("limit", ["1", "500", "0", "501", "-1", "x", "1e3", "99999999999"]),
        ("cursor", ["x", "0", "-1", "AAAA", "1-2-3", "0|0|0", "eyJhIjoxfQ", "9999999999999999999"]),
        ("status", ["pending", "failed", "scheduled", "running", "completed", "cancelled", "retrying", "lost"]),
        ("job_type", ["echo", "nobody"]),
        ("priority", ["high", "medium", "urgent"]),
        ("queue", ["default", "a b", "other"]),
        ("tag", ["a"]),
        ("created_after", ["2026-01-01", "yesterday", "9999-12-31T23:59:59-14:00"]),
        ("created_before", ["2999-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00"]),
        ("wait", ["0", "31", "-1", "x"]),
        ("minutes", ["60", "0", "2880", "2881", "x"]),
        ("hours", ["1", "48", "49", "-1"]),
        ("confirm", ["default", "other", "x"]),
    ];

    public static readonly string[] HostileText =
    [
        "", " ", "%", "%00", "%FF%FE", "..", ".", "%2e%2e%2f", "a%2Fb", "*", "null", "é", "😀", "x y", "\"", "'", "<script>", "{id}", "-", "0", "{jq}:0", "a|b", Long[..400],
    ];

    public static readonly (string Name, string[] Values)[] Headers =
    [
        ("Idempotency-Key", ["k-1", "k-2", "", " ", "é", Long[..255], Long[..256], "a,b", "\u0001"]),
        ("Origin", ["null", "http://localhost", "https://evil.example.com", "x"]),
        ("Sec-Fetch-Site", ["same-origin", "none", "cross-site", ""]),
        ("X-Forwarded-For", ["10.0.0.1", ""]),
        ("Host", ["localhost", "rebound.example.com", "[::1]", "127.0.0.1:1"]),
        ("Accept", ["application/json", "text/html", "*/*;q=0", "x"]),
        ("Accept-Encoding", ["gzip", "br;q=1.0, *;q=0"]),
        ("Content-Encoding", ["gzip", "identity"]),
        ("Range", ["bytes=0-1"]),
        ("If-None-Match", ["*", "\"x\""]),
        ("If-Modified-Since", ["yesterday"]),
        ("Last-Event-ID", ["1", "x", "-1"]),
        ("Cookie", ["a=b; c"]),
        ("Authorization", ["Bearer x", "Basic !!!"]),
        ("X-HTTP-Method-Override", ["DELETE"]),
    ];

    public static readonly string?[] ContentTypes =
    [
        "application/json", "application/json", "application/json", "application/json; charset=utf-8", "application/json; charset=utf-16", "application/vnd.api+json", "text/plain",
        "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json; charset=nonsense", "x", null,
    ];

    public static T Pick<T>(this Random random, IReadOnlyList<T> from) => from[random.Next(from.Count)];

    public static bool Chance(this Random random, int percent) => random.Next(100) < percent;

    /// <summary>An id of no job: right in form, or nearly.</summary>
    public static string Id(Random random)
    {
        Span<byte> bytes = stackalloc byte[16];
        random.NextBytes(bytes);
        var id = Convert.ToHexStringLower(bytes);
        return random.Next(5) switch
        {
            0 => id,
            1 => new Guid(bytes).ToString("D"),
            2 => id[..^1],
            3 => id.ToUpper(CultureInfo.InvariantCulture) + "0",
            _ => "0" + id[1..^1] + "0",
        };
    }
}

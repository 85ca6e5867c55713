using System.Reflection;
using System.Runtime.CompilerServices;
using JobQueue.DeadLetters;

namespace JobQueue.Core.Tests.DeadLetters;

public sealed class ErrorFingerprintTests
{
    private const string Handler = "work";

    [Fact]
    public void It_is_16_lower_hex_digits_and_the_same_in_every_process()
    {
        var fingerprint = ErrorFingerprint.OfReason(Handler, "expired");

        fingerprint.Should().Be("b2e8a7f23cd9108b");
        ErrorFingerprint.IsValid(fingerprint).Should().BeTrue();
        ErrorFingerprint.Of(Handler, new InvalidDataException("never thrown")).Should().Be("2e1d2175d45f55ae");
    }

    [Fact]
    public void The_message_and_the_line_do_not_count()
        => Of(static () => throw new InvalidDataException("row 1")).Should().Be(Of(static () => throw new InvalidDataException("row 2")));

    [Fact]
    public void The_type_the_handler_and_the_method_count()
    {
        var error = Catch(ThrowHere);

        string[] fingerprints =
        [
            ErrorFingerprint.Of(Handler, error),
            ErrorFingerprint.Of("other", error),
            ErrorFingerprint.Of(Handler, Catch(ThrowThere)),
            ErrorFingerprint.Of(Handler, Catch(ThrowOtherType)),
            ErrorFingerprint.OfReason(Handler, "expired"),
        ];

        fingerprints.Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public async Task An_asynchronous_method_counts_by_its_name_whether_or_not_it_waited()
    {
        var waited = await CatchAsync(static () => ThrowLaterAsync(wait: true));
        var atOnce = await CatchAsync(static () => ThrowLaterAsync(wait: false));

        ErrorFingerprint.Of(Handler, waited).Should().Be(ErrorFingerprint.Of(Handler, atOnce));
    }

    [Fact]
    public void The_depth_of_a_recursion_does_not_count()
        => ErrorFingerprint.Of(Handler, Catch(static () => Recurse(3))).Should().Be(ErrorFingerprint.Of(Handler, Catch(static () => Recurse(30))));

    [Fact]
    public void An_exception_that_only_carries_another_counts_as_that()
    {
        var error = Catch(ThrowHere);
        var expected = ErrorFingerprint.Of(Handler, error);

        ErrorFingerprint.Of(Handler, new AggregateException(error)).Should().Be(expected);
        ErrorFingerprint.Of(Handler, new AggregateException(new AggregateException(error), new TimeoutException())).Should().Be(expected);
        ErrorFingerprint.Of(Handler, new TargetInvocationException(error)).Should().Be(expected);
        ErrorFingerprint.Of(Handler, new InvalidOperationException("says more", error)).Should().NotBe(expected);
    }

    [Fact]
    public void Frames_of_the_runtime_do_not_count()
        => Of(static () => _ = int.Parse("x", null)).Should().Be(Of(static () => throw new FormatException("by hand")));

    [Theory]
    [InlineData("Shop.Mail", "Send", "Shop.Mail.Send")]
    [InlineData("Shop.Mail+<SendAsync>d__5", "MoveNext", "Shop.Mail.SendAsync")]
    [InlineData("Shop.Mail+<SendAsync>d__5`1", "MoveNext", "Shop.Mail.SendAsync")]
    [InlineData("Shop.Mail+<>c", "<Map>b__3_0", "Shop.Mail.lambda in Map")]
    [InlineData("Shop.Mail+<>c__DisplayClass3_0", "<Map>b__1", "Shop.Mail.lambda in Map")]
    [InlineData("Shop.Mail+<>c+<<Map>b__3_0>d", "MoveNext", "Shop.Mail.lambda in Map")]
    [InlineData("Shop.Mail", "<Map>g__Local|3_0", "Shop.Mail.Local in Map")]
    [InlineData("Shop.Mail+<<Map>g__Local|3_0>d", "MoveNext", "Shop.Mail.Local in Map")]
    [InlineData("Shop.Mail+<>c", "<<Map>g__Local|3_0>b__1", "Shop.Mail.lambda in Local in Map")]
    [InlineData("Shop.Rows", "MoveNext", "Shop.Rows.MoveNext")]
    public void Names_made_up_by_the_compiler_become_those_of_the_source(string type, string method, string expected)
        => MethodName.Normalise(type, method).Should().Be(expected);

    [Theory]
    [InlineData("8c5f36957be20c5")]
    [InlineData("8C5F36957BE20C54")]
    [InlineData("8c5f36957be20c5*")]
    [InlineData("")]
    public void Anything_else_is_not_a_fingerprint(string text) => ErrorFingerprint.IsValid(text).Should().BeFalse();

    private static string Of(Action action) => ErrorFingerprint.Of(Handler, Catch(action));

    private static Exception Catch(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e)
        {
            return e;
        }

        throw new InvalidOperationException("Nothing was thrown.");
    }

    private static async Task<Exception> CatchAsync(Func<Task> action)
    {
        try
        {
            await action();
        }
        catch (Exception e)
        {
            return e;
        }

        throw new InvalidOperationException("Nothing was thrown.");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ThrowHere() => throw new InvalidDataException("here");

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ThrowThere() => throw new InvalidDataException("there");

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ThrowOtherType() => throw new TimeoutException("here");

    private static async Task ThrowLaterAsync(bool wait)
    {
        if (wait)
        {
            await Task.Yield();
        }

        throw new InvalidDataException("later");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Recurse(int depth)
    {
        if (depth == 0)
        {
            throw new InvalidDataException("at the end");
        }

        Recurse(depth - 1);
    }
}

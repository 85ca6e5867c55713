using JobQueue.SourceGeneration.Tests.Infrastructure;

namespace JobQueue.SourceGeneration.Tests.Diagnostics;

public sealed class PlacementTests
{
    [Theory]
    [InlineData("private", "it is private")]
    [InlineData("", "it is private")]
    [InlineData("protected", "it is protected")]
    [InlineData("private protected", "it is private protected")]
    public Task A_method_that_others_can_not_call(string access, string message) => DiagnosticCase.VerifyAsync($$"""
        public class Jobs
        {
            [JobHandler("a")]
            {{access}} Task {|JQ4004:RunAsync|}() => Task.CompletedTask;
        }
        """, message, "Jobs.RunAsync");

    [Fact]
    public Task A_method_in_a_private_class() => DiagnosticCase.VerifyAsync("""
        public static class Outer
        {
            private static class Hidden
            {
                public static class Jobs
                {
                    [JobHandler("a")]
                    public static Task {|JQ4004:RunAsync|}() => Task.CompletedTask;
                }
            }
        }
        """, "Outer.Hidden is private");

    [Fact]
    public Task A_method_in_a_class_of_its_file() => DiagnosticCase.VerifyAsync("""
        file static class Jobs
        {
            [JobHandler("a")]
            public static Task {|JQ4004:RunAsync|}() => Task.CompletedTask;
        }
        """, "is local to its file");

    [Fact]
    public Task A_local_function_and_a_lambda() => DiagnosticCase.VerifyAsync("""
        public static class Program
        {
            public static void Start()
            {
                Func<Task> lambda = {|JQ4004:[JobHandler("a")] () => Task.CompletedTask|};
                _ = lambda();
                _ = RunAsync();

                [JobHandler("b")]
                static Task {|JQ4004:RunAsync|}() => Task.CompletedTask;
            }
        }
        """, "it is a local function", "A lambda");

    [Fact]
    public Task An_accessor_and_an_operator() => DiagnosticCase.VerifyAsync("""
        public sealed class Jobs
        {
            public int Number { [JobHandler("a")] {|JQ4004:get|}; }

            [JobHandler("b")]
            public static Jobs operator {|JQ4004:+|}(Jobs left, Jobs right) => left;
        }
        """, "no ordinary method");

    [Theory]
    [InlineData("public class Jobs<T>", "Jobs<T>")]
    [InlineData("public class Outer<T> { } public class Jobs<T> : Outer<T>", "Jobs<T>")]
    public Task A_generic_class(string declaration, string message) => DiagnosticCase.VerifyAsync($$"""
        {{declaration}}
        {
            [JobHandler("a")]
            public Task {|JQ4005:RunAsync|}() => Task.CompletedTask;
        }
        """, message);

    [Fact]
    public Task A_class_in_a_generic_class() => DiagnosticCase.VerifyAsync("""
        public static class Outer<T>
        {
            public static class Jobs
            {
                [JobHandler("a")]
                public static Task {|JQ4005:RunAsync|}() => Task.CompletedTask;
            }
        }
        """);

    [Theory]
    [InlineData("public abstract class Jobs { [JobHandler(\"a\")] public Task {|JQ4006:RunAsync|}() => Task.CompletedTask; }", "abstract")]
    [InlineData("public abstract class Jobs { [JobHandler(\"a\")] public abstract Task {|JQ4006:RunAsync|}(); }", "abstract")]
    [InlineData("public struct Jobs { [JobHandler(\"a\")] public Task {|JQ4006:RunAsync|}() => Task.CompletedTask; }", "a struct")]
    [InlineData("public interface IJobs { [JobHandler(\"a\")] Task {|JQ4006:RunAsync|}(); }", "an interface")]
    [InlineData("public interface IJobs { [JobHandler(\"a\")] static abstract Task {|JQ4006:RunAsync|}(); }", "an interface")]
    public Task A_class_that_nobody_can_make(string source, string message) => DiagnosticCase.VerifyAsync(source, message);

    [Theory]
    [InlineData("public abstract class Jobs { [JobHandler(\"a\")] public static Task RunAsync() => Task.CompletedTask; }")]
    [InlineData("public struct Jobs { [JobHandler(\"a\")] public static Task RunAsync() => Task.CompletedTask; }")]
    [InlineData("internal sealed record Jobs { [JobHandler(\"a\")] protected internal Task RunAsync() => Task.CompletedTask; }")]
    [InlineData("class Base { [JobHandler(\"a\")] internal virtual Task RunAsync() => Task.CompletedTask; } sealed class Jobs : Base { internal override Task RunAsync() => Task.CompletedTask; }")]
    [InlineData("partial class Jobs { [JobHandler(\"a\")] public partial Task RunAsync(); } partial class Jobs { public partial Task RunAsync() => Task.CompletedTask; }")]
    [InlineData("partial class Jobs { public partial Task RunAsync(); } partial class Jobs { [JobHandler(\"a\")] public partial Task RunAsync() => Task.CompletedTask; }")]
    public Task Places_that_are_allowed(string source) => DiagnosticCase.VerifyAsync(source);
}

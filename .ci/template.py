"""Lints the template and translates it from SAM to CloudFormation, without AWS."""

import os
import shutil
import subprocess
import sys

ON_CI = os.environ.get("CI") == "true"


def missing(tool):
    """A tool that CI has is a failure there, and a loud skip elsewhere."""
    print(f"{'FAILED' if ON_CI else 'SKIPPED'}: {tool} is not installed", file=sys.stderr)
    return 1 if ON_CI else 0


def lint(path):
    if shutil.which("cfn-lint") is None:
        return missing("cfn-lint")
    return subprocess.run(["cfn-lint", path], check=False).returncode


def translate(path):
    try:
        from samtranslator.translator.transform import transform
        from samtranslator.yaml_helper import yaml_parse
    except ImportError:
        return missing("aws-sam-translator")

    class NoManagedPolicies:
        def load(self):
            return {}

    # The translator asks for a region, and uploads nothing: archives get a place of their own.
    os.environ.setdefault("AWS_DEFAULT_REGION", "eu-central-1")
    with open(path, encoding="utf-8") as file:
        template = yaml_parse(file.read())
    for name, resource in template["Resources"].items():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = f"s3://archives/{name}.zip"
    parameters = {"BaseUrl": "https://pledge.example", "MailFrom": "pledge@pledge.example"}
    resources = transform(template, parameters, NoManagedPolicies())["Resources"]
    print(f"{path} translates to {len(resources)} resources")
    # SAM gives functions with some events policies for every queue or stream there is.
    wide = [
        f"{name}: {policy}"
        for name, resource in resources.items()
        for policy in resource.get("Properties", {}).get("ManagedPolicyArns", [])
        if not policy.endswith("/AWSLambdaBasicExecutionRole")
    ]
    for each in wide:
        print(f"FAILED: a policy that is not ours, {each}", file=sys.stderr)
    # What callers meet: IAM on every route for staff, and on no other.
    astray = [
        f"{method} {path}"
        for path, methods in resources["Api"]["Properties"]["Body"]["paths"].items()
        for method, operation in methods.items()
        if path.startswith("/staff/") != (operation.get("security") == [{"AWS_IAM": []}])
    ]
    for each in astray:
        print(f"FAILED: a route with the wrong authorisation, {each}", file=sys.stderr)
    return 1 if wide or astray else 0


if __name__ == "__main__":
    sys.exit(max(lint(sys.argv[1]), translate(sys.argv[1])))
